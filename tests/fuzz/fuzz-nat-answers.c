/* Servers, NATs and strangers that answer whatever they like, whenever and wherever: the
 * machines that find out about NATs come to an end, within their time and their packets,
 * send nowhere but where they may, and claim nothing impossible. */
#include "nat/behaviour.h"
#include "nat/keepalive.h"
#include "stun/builder.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MOST_PROBE_PACKETS 90
#define MOST_STEPS 20000
#define N_SOCKETS 5

typedef struct
{
  const guint8 *data, *end;
  FramTime now;
  FramRandom random;
  guint8 drawn;
  FramNatProbe *probe;
  FramNatLifetime *lifetime;
  FramNatEvent last[4]; /* the latest requests */
  guint n_sent;
  gboolean done;
} Run;

static const char *const places[] = {
  "203.0.113.2:3478", "203.0.113.3:3479", "203.0.113.3:3478", "203.0.113.2:3479",
  "192.0.2.1:5000",   "192.0.2.1:5001",   "192.168.1.2:4000", "127.0.0.1:7",
};

static FramAddress
place (guint8 number)
{
  FramAddress address;

  g_assert (fram_address_parse (&address, places[number % G_N_ELEMENTS (places)]));
  return address;
}

static guint8
take (Run *run)
{
  return run->data < run->end ? *run->data++ : 0;
}

/* Ids that differ; the fuzzer need not guess them. */
static void
fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  Run *run = (Run *) ((char *) random - G_STRUCT_OFFSET (Run, random));

  for (gsize i = 0; i < length; i++)
    ret_bytes[i] = ++run->drawn;
}

static FramTime
due (const Run *run)
{
  return run->probe != NULL ? fram_nat_probe_send_due (run->probe)
                            : fram_nat_lifetime_send_due (run->lifetime);
}

static FramTime
deadline (const Run *run)
{
  return run->probe != NULL ? fram_nat_probe_deadline (run->probe)
                            : fram_nat_lifetime_deadline (run->lifetime);
}

static gboolean
pop (Run *run, FramNatEvent *ret_event)
{
  return run->probe != NULL ? fram_nat_probe_pop (run->probe, ret_event)
                            : fram_nat_lifetime_pop (run->lifetime, ret_event);
}

static void
note_request (Run *run, const FramNatEvent *event)
{
  FramStunMessage message;

  g_assert (fram_stun_message_parse (&message, event->data, event->length)
            == FRAM_STUN_PARSE_OK);
  g_assert (event->socket < N_SOCKETS);
  g_assert (!fram_address_is_loopback (&event->remote));
  g_assert (fram_address_is_usable_remote (&event->remote));
  run->last[run->n_sent++ % G_N_ELEMENTS (run->last)] = *event;
}

static void
settle (Run *run)
{
  FramNatEvent event;

  while (pop (run, &event))
    {
      g_assert (!run->done);
      switch (event.type)
        {
        case FRAM_NAT_EVENT_TRANSMIT:
          note_request (run, &event);
          break;
        case FRAM_NAT_EVENT_OPEN:
          if (take (run) % 8 == 7)
            fram_nat_lifetime_told_open_failed (run->lifetime, event.socket, run->now);
          else
            fram_nat_lifetime_told_opened (run->lifetime, event.socket, run->now);
          break;
        case FRAM_NAT_EVENT_CHANGED:
          break;
        case FRAM_NAT_EVENT_DONE:
          run->done = TRUE;
          break;
        }
    }
}

static void
receive (Run *run, const guint8 *data, gsize length)
{
  guint8 socket = take (run) % N_SOCKETS;
  FramAddress from = place (take (run));

  if (run->probe != NULL)
    fram_nat_probe_receive (run->probe, (FramNatSocket) (socket % FRAM_NAT_PROBE_SOCKETS),
                            &from, data, length, run->now);
  else
    fram_nat_lifetime_receive (run->lifetime, socket, &from, data, length, run->now);
}

static void
pass_time (Run *run, FramTime until)
{
  run->now = MAX (run->now, until);
  if (run->now >= deadline (run))
    {
      if (run->probe != NULL)
        fram_nat_probe_advance (run->probe, run->now);
      else
        fram_nat_lifetime_advance (run->lifetime, run->now);
    }
  else if (run->now >= due (run))
    g_assert (run->probe != NULL ? fram_nat_probe_send (run->probe, run->now)
                                 : fram_nat_lifetime_send (run->lifetime, run->now));
}

/* An answer to one of the latest requests, made of what the input says. */
static void
answer (Run *run)
{
  const FramNatEvent *request = &run->last[take (run) % G_N_ELEMENTS (run->last)];
  guint8 flags = take (run), buffer[256];
  FramAddress mapped = place (take (run)), other = place (take (run));
  FramStunBuilder builder;
  FramStunMessage asked;

  if (fram_stun_message_parse (&asked, request->data, request->length)
      != FRAM_STUN_PARSE_OK)
    return;
  fram_stun_builder_init (&builder, buffer, sizeof buffer, (FramStunClass) (flags & 3),
                          asked.method, &asked.id);
  if (flags & 4)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  if (flags & 8)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_OTHER_ADDRESS, &other);
  if (flags & 16)
    fram_stun_builder_add_error (&builder, 420, NULL);
  for (guint8 n = (flags >> 5) & 3; n > 0; n--)
    fram_stun_builder_add_u32 (&builder, take (run), flags);
  receive (run, buffer, fram_stun_builder_end (&builder));
}

static void
garbage (Run *run)
{
  gsize wanted = take (run);
  gsize length = MIN (wanted, (gsize) (run->end - run->data));
  const guint8 *bytes = run->data;

  run->data += length;
  receive (run, bytes, length);
}

static void
act (Run *run)
{
  switch (take (run) % 6)
    {
    case 0:
    case 1:
      pass_time (run, MIN (due (run), deadline (run)));
      break;
    case 2:
      pass_time (run, run->now + FRAM_MILLISECONDS (take (run) * 8));
      break;
    case 3:
      answer (run);
      break;
    case 4:
      garbage (run);
      break;
    case 5:
      {
        FramNatSocket socket = (FramNatSocket) (take (run) % FRAM_NAT_PROBE_SOCKETS);
        FramAddress remote = place (take (run));

        if (run->probe != NULL)
          fram_nat_probe_told_unreachable (run->probe, socket, &remote, run->now);
      }
      break;
    }
}

/* From here on there is silence. */
static void
finish (Run *run)
{
  for (guint steps = 0; !run->done; steps++)
    {
      g_assert (steps < MOST_STEPS);
      pass_time (run, MIN (due (run), deadline (run)));
      settle (run);
    }
  g_assert (due (run) == FRAM_TIME_NEVER && deadline (run) == FRAM_TIME_NEVER);
}

static void
check_probe (Run *run)
{
  const FramNatBehaviour *result = fram_nat_probe_get_result (run->probe);

  g_assert (run->n_sent <= MOST_PROBE_PACKETS);
  g_assert ((result->mapped.family == FRAM_FAMILY_NONE)
            == (result->translated == FRAM_NAT_UNKNOWN));
  g_assert (result->hairpin == FRAM_NAT_UNKNOWN || result->translated == FRAM_NAT_YES);
  g_assert (result->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN
            || result->server_answers == FRAM_NAT_YES);
  g_assert (fram_nat_kind_to_name (fram_nat_behaviour_get_kind (result)) != NULL);
  fram_nat_expect_call (result, result);
  fram_nat_expect_anyone (result);
}

static void
check_lifetime (Run *run)
{
  const FramNatLifetimeResult *result = fram_nat_lifetime_get_result (run->lifetime);
  FramTime interval = fram_nat_keepalive_interval (result);

  g_assert (result->state != FRAM_NAT_LIFETIME_MEASURING);
  g_assert (result->alive >= 0 && result->alive < result->dead);
  g_assert (interval >= FRAM_SECONDS (1) && interval <= FRAM_SECONDS (120));
  g_assert (interval == FRAM_NAT_KEEPALIVE_DEFAULT || result->alive == 0
            || interval < result->alive);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Run run = { .data = data, .end = data + size, .random.fill = fill };
  guint8 options = take (&run);
  FramNatProbeConfig probe = { .server = place (0) };
  FramNatLifetimeConfig lifetime = { .server = place (0), .n_sockets = N_SOCKETS - 1 };

  for (guint i = 0; i < FRAM_NAT_PROBE_SOCKETS; i++)
    probe.local[i] = place ((options & 4) != 0 ? 4 : 6);
  if ((options & 2) != 0)
    fram_address_parse (&probe.second, "198.51.100.9:3478");
  if ((options & 1) != 0)
    run.lifetime = fram_nat_lifetime_new (&lifetime, &run.random, 0);
  else
    run.probe = fram_nat_probe_new (&probe, &run.random, 0);

  settle (&run);
  while (!run.done && run.data < run.end)
    {
      act (&run);
      settle (&run);
    }
  finish (&run);
  if (run.probe != NULL)
    check_probe (&run);
  else
    check_lifetime (&run);
  fram_nat_probe_free (run.probe);
  fram_nat_lifetime_free (run.lifetime);
  return 0;
}
