/* A TURN server that says whatever it likes, to whatever was asked: the client comes to an
 * end, asks no more than it may, and hands out data of permitted peers alone. */
#include "stun/builder.h"
#include "turn/peer-data.h"
#include "turn/turn.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MOST_STEPS 4000
#define MOST_IN_A_ROW 50

typedef struct
{
  const guint8 *data, *end;
  FramTime now;
  FramRandom random;
  guint8 drawn;
  FramTurn *turn;
  FramStunId last;
  guint16 method;
  gboolean ended;
} Run;

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

static FramAddress
peer (guint8 number)
{
  FramAddress address;

  if (number % 4 == 3)
    g_assert (fram_address_parse (&address, "[2001:db8::1]:9"));
  else
    fram_address_init_ipv4 (&address, 0xc0000201 + number % 3, 1000 + number % 5);
  return address;
}

/* What goes to the server is well-formed: a request, an indication, or a greeting to a peer
 * by its channel. */
static void
look_at (Run *run, const guint8 *sent, gsize length)
{
  FramStunMessage message;
  const guint8 *data;
  guint16 channel;
  gsize n;

  if (fram_turn_is_channel_data (sent, length))
    {
      g_assert (fram_turn_read_channel_data (sent, length, &channel, &data, &n));
      g_assert (fram_stun_message_parse (&message, data, n) == FRAM_STUN_PARSE_OK);
      return;
    }
  g_assert (fram_stun_message_parse (&message, sent, length) == FRAM_STUN_PARSE_OK);
  if (message.klass != FRAM_STUN_REQUEST)
    return;
  run->last = message.id;
  run->method = message.method;
}

static void
settle (Run *run)
{
  FramTurnEvent event;

  while (fram_turn_pop (run->turn, &event))
    {
      g_assert (!run->ended || event.type == FRAM_TURN_EVENT_TRANSMIT);
      if (event.type == FRAM_TURN_EVENT_TRANSMIT)
        look_at (run, event.data, event.length);
      run->ended |= event.type == FRAM_TURN_EVENT_ENDED;
      fram_turn_event_clear (&event);
    }
}

static void
receive (Run *run, const guint8 *message, gsize length)
{
  const guint8 *data;
  FramAddress from;
  gsize n;

  if (fram_turn_receive (run->turn, message, length, run->now, &from, &data, &n)
      == FRAM_TURN_RECEIVED_DATA)
    g_assert (data >= message && data + n <= message + length);
}

static void
add_attributes (Run *run, FramStunBuilder *builder)
{
  static const guint16 types[] = {
    FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS,
    FRAM_STUN_ATTR_LIFETIME,
    FRAM_STUN_ATTR_REALM,
    FRAM_STUN_ATTR_NONCE,
    FRAM_STUN_ATTR_ERROR_CODE,
    FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
    FRAM_STUN_ATTR_DATA,
    FRAM_STUN_ATTR_ICMP,
    FRAM_STUN_ATTR_ALTERNATE_SERVER,
    FRAM_STUN_ATTR_MOBILITY_TICKET,
    FRAM_STUN_ATTR_CONNECTION_ID,
    FRAM_STUN_ATTR_PASSWORD_ALGORITHMS,
    FRAM_STUN_ATTR_UNKNOWN_ATTRIBUTES,
    FRAM_STUN_ATTR_RESERVATION_TOKEN,
    FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
  };
  guint n = take (run) % 6;

  for (guint i = 0; i < n; i++)
    {
      guint16 type = types[take (run) % G_N_ELEMENTS (types)];
      gsize length = MIN (take (run) % 40u, (gsize) (run->end - run->data));
      FramAddress address = peer (take (run));

      length = MIN (length, (gsize) (run->end - run->data));
      if (type == FRAM_STUN_ATTR_ERROR_CODE)
        fram_stun_builder_add_error (builder, 300 + take (run) * 400 / 256, NULL);
      else if (type == FRAM_STUN_ATTR_LIFETIME || type == FRAM_STUN_ATTR_CONNECTION_ID)
        fram_stun_builder_add_u32 (builder, type, take (run));
      else if (length % 3 == 0
               && (type == FRAM_STUN_ATTR_XOR_PEER_ADDRESS
                   || type == FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS))
        fram_stun_builder_add_address (builder, type, &address);
      else
        {
          fram_stun_builder_add (builder, type, run->data, length);
          run->data += length;
        }
    }
}

static void
answer (Run *run)
{
  static const FramStunClass classes[]
      = { FRAM_STUN_SUCCESS, FRAM_STUN_ERROR, FRAM_STUN_INDICATION, FRAM_STUN_REQUEST };
  FramStunClass klass = classes[take (run) % G_N_ELEMENTS (classes)];
  guint16 method = klass == FRAM_STUN_INDICATION
                       ? (take (run) % 2 ? FRAM_STUN_DATA : FRAM_STUN_CONNECTION_ATTEMPT)
                       : run->method;
  FramStunBuilder builder;
  guint8 buffer[1024];
  gsize length;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, klass, method, &run->last);
  add_attributes (run, &builder);
  length = fram_stun_builder_end (&builder);
  if (length > 0)
    receive (run, buffer, length);
}

static void
wrap (Run *run, const FramAddress *to)
{
  guint8 buffer[200];
  gsize size = take (run) % sizeof buffer, length;

  length = fram_turn_wrap (run->turn, to, (const guint8 *) "0123456789", 10, buffer, size,
                           run->now);
  g_assert (length <= size);
  g_assert (length == 0 || fram_turn_is_permitted (run->turn, to));
}

static void
step (Run *run)
{
  guint8 what = take (run);
  FramAddress to = peer (what >> 4);

  switch (what & 0xf)
    {
    case 0:
      fram_turn_permit (run->turn, &to, run->now);
      break;
    case 1:
      fram_turn_forbid (run->turn, &to);
      break;
    case 2:
      fram_turn_bind (run->turn, &to, run->now);
      break;
    case 3:
      fram_turn_unbind (run->turn, &to);
      break;
    case 4:
      wrap (run, &to);
      break;
    case 5:
      fram_turn_connect (run->turn, &to, run->now);
      break;
    case 6:
      if (!fram_turn_can_move (run->turn))
        break;
      fram_turn_leave (run->turn);
      if (take (run) % 2 == 0)
        fram_turn_move (run->turn, run->now);
      break;
    case 7:
      receive (run, run->data, MIN (64, run->end - run->data));
      break;
    case 8:
      run->now += FRAM_SECONDS (take (run));
      fram_turn_advance (run->turn, run->now);
      break;
    case 9:
      if (take (run) == 9)
        fram_turn_close (run->turn, run->now);
      break;
    default:
      answer (run);
    }
  settle (run);
}

/* Left alone, it never keeps its owner busy. */
static void
let_it_run (Run *run)
{
  guint n_in_a_row = 0;

  for (guint i = 0; i < MOST_STEPS && !run->ended; i++)
    {
      FramTime deadline = fram_turn_deadline (run->turn);

      if (deadline == FRAM_TIME_NEVER)
        break;
      n_in_a_row = deadline > run->now ? 0 : n_in_a_row + 1;
      g_assert (n_in_a_row < MOST_IN_A_ROW);
      run->now = MAX (run->now, deadline);
      fram_turn_advance (run->turn, run->now);
      settle (run);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Run run
      = { .data = data, .end = data + size, .now = FRAM_SECONDS (1), .random = { fill } };
  FramTurnConfig config = { .credential = { .username = "anna", .password = "secret" } };
  guint8 options = take (&run);

  g_assert (fram_address_parse (&config.server, "203.0.113.1:3478"));
  config.reliable = (options & 1) != 0;
  config.relays_tcp = (options & 3) == 3;
  config.mobility = (options & 4) != 0 ? FRAM_TURN_MAYBE_MOBILE : FRAM_TURN_NOT_MOBILE;
  config.dont_fragment = (options & 8) != 0;
  config.families = (FramTurnFamilies) (options >> 4 & 3);
  if ((options & 0x40) != 0)
    config.credential.username = NULL;
  run.turn = fram_turn_new (&config, &run.random, run.now);
  settle (&run);
  while (run.data < run.end && !run.ended)
    step (&run);
  let_it_run (&run);
  fram_turn_free (run.turn);
  return 0;
}
