/* plain-consent: what the packets of COUNT silent sessions cost by themselves, for so many SECONDS.
 *
 * Each session asks for consent as RFC 7675 §5.1 has it, and is answered: the same requests and
 * responses, signed and looked at, as between two ends of a service, by two plain sockets of this
 * process.  There are no candidates, states, addresses or applications, so no agent can need less. */
#include "figures.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/time.h"
#include "stun/builder.h"
#include "stun/integrity.h"

/* As Fram does: what falls due within such a time goes out at once. */
#define TICK FRAM_MILLISECONDS (250)
#define N_TICKS 25 /* from now to the latest time that is drawn */

#define BATCH 32
#define MESSAGE_MAX 256

typedef struct
{
  guint32 next; /* of those that are due in the same tick, from 1; 0: it is the last */
  FramHmacKey key;
  char username[20];
} Session;

typedef struct
{
  int fd;
  struct sockaddr_in peer;
  guint n; /* messages that wait to be sent */
  struct mmsghdr headers[BATCH];
  struct iovec places[BATCH];
  guint8 bytes[BATCH][MESSAGE_MAX];
} Socket;

typedef struct
{
  Session *sessions;
  guint32 due[N_TICKS];
  guint tick;
  guint64 n_asked, n_confirmed;
  Socket ends[2];
  struct mmsghdr headers[BATCH];
  struct iovec places[BATCH];
  guint8 bytes[BATCH][MESSAGE_MAX];
} Crowd;

static void
prepare (struct mmsghdr *headers, struct iovec *places, guint8 (*bytes)[MESSAGE_MAX])
{
  for (guint i = 0; i < BATCH; i++)
    {
      places[i] = (struct iovec){ bytes[i], MESSAGE_MAX };
      headers[i].msg_hdr = (struct msghdr){ .msg_iov = &places[i], .msg_iovlen = 1 };
    }
}

static void
flush (Socket *end)
{
  for (guint done = 0; done < end->n;)
    {
      int n = sendmmsg (end->fd, end->headers + done, end->n - done, 0);

      if (n < 0)
        g_error ("Cannot send: %s", g_strerror (errno));
      done += (guint) n;
    }
  end->n = 0;
}

static guint8 *
get_room (Socket *end)
{
  if (end->n == BATCH)
    flush (end);
  return end->bytes[end->n];
}

static void
put (Socket *end, FramStunBuilder *builder, const FramHmacKey *key)
{
  fram_stun_builder_add_integrity (builder, key);
  fram_stun_builder_add_fingerprint (builder);
  end->places[end->n++].iov_len = fram_stun_builder_end (builder);
}

/* RFC 7675 §5.1: in 4 to 6 seconds. */
static void
schedule (Crowd *crowd, guint32 session)
{
  guint64 chance;
  guint32 *list;

  if (getrandom (&chance, sizeof chance, 0) != sizeof chance)
    g_error ("No random numbers");
  list = &crowd->due[(crowd->tick + 16 + chance % 9) % N_TICKS];
  crowd->sessions[session].next = *list;
  *list = session + 1;
}

static void
ask (Crowd *crowd, guint32 index)
{
  Session *session = &crowd->sessions[index];
  Socket *end = &crowd->ends[index % 2];
  FramStunBuilder builder;
  FramStunId id;

  if (getrandom (id.bytes, sizeof id.bytes, 0) != sizeof id.bytes)
    g_error ("No random numbers");
  /* Whose it is: there is no table of transactions here. */
  memcpy (id.bytes, &index, sizeof index);
  fram_stun_builder_init (&builder, get_room (end), MESSAGE_MAX, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, session->username);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, index);
  fram_stun_builder_add_u64 (&builder, FRAM_STUN_ATTR_ICE_CONTROLLING, index);
  put (end, &builder, &session->key);
  crowd->n_asked++;
}

static void
ask_all (Crowd *crowd)
{
  guint32 index = crowd->due[crowd->tick % N_TICKS];

  crowd->due[crowd->tick % N_TICKS] = 0;
  while (index != 0)
    {
      guint32 next = crowd->sessions[index - 1].next;

      ask (crowd, index - 1);
      schedule (crowd, index - 1);
      index = next;
    }
  crowd->tick++;
}

static void
take (Crowd *crowd, Socket *end, const guint8 *data, gsize length)
{
  FramStunMessage message;
  FramStunBuilder builder;
  FramAddress from;
  Session *session;
  guint32 index;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    g_error ("What came is no STUN");
  memcpy (&index, message.id.bytes, sizeof index);
  session = &crowd->sessions[index];
  if (fram_stun_message_check_integrity (&message, &session->key)
      != FRAM_STUN_INTEGRITY_OK)
    g_error ("What came is of a stranger");
  if (message.klass != FRAM_STUN_REQUEST)
    {
      crowd->n_confirmed++;
      return;
    }
  fram_address_init_ipv4 (&from, g_ntohl (end->peer.sin_addr.s_addr),
                          g_ntohs (end->peer.sin_port));
  fram_stun_builder_init_response (&builder, get_room (end), MESSAGE_MAX,
                                   FRAM_STUN_SUCCESS, &message);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &from);
  put (end, &builder, &session->key);
}

static void
receive (Crowd *crowd, Socket *end)
{
  int n = recvmmsg (end->fd, crowd->headers, BATCH, MSG_DONTWAIT, NULL);

  for (int i = 0; i < n; i++)
    take (crowd, end, crowd->bytes[i], crowd->headers[i].msg_len);
}

static void
turn (Crowd *crowd, gint64 until)
{
  struct pollfd watched[2];
  struct timespec wait;

  for (guint i = 0; i < 2; i++)
    {
      flush (&crowd->ends[i]);
      watched[i] = (struct pollfd){ .fd = crowd->ends[i].fd, .events = POLLIN };
    }
  until = MAX (until - g_get_monotonic_time (), 0);
  wait = (struct timespec){ .tv_nsec = until * 1000 };
  if (ppoll (watched, 2, &wait, NULL) < 0)
    g_error ("Cannot wait: %s", g_strerror (errno));
  for (guint i = 0; i < 2; i++)
    if (watched[i].revents != 0)
      receive (crowd, &crowd->ends[i]);
}

static void
run (Crowd *crowd, guint seconds)
{
  gint64 due = g_get_monotonic_time ();

  for (guint i = 0; i < seconds * (1000000 / TICK); i++)
    {
      ask_all (crowd);
      due += TICK;
      do
        turn (crowd, due);
      while (g_get_monotonic_time () < due);
    }
}

static void
open_ends (Crowd *crowd, const char *address)
{
  struct sockaddr_in own[2] = { { .sin_family = AF_INET }, { .sin_family = AF_INET } };
  socklen_t length = sizeof own[0];

  for (guint i = 0; i < 2; i++)
    {
      Socket *end = &crowd->ends[i];

      inet_pton (AF_INET, address, &own[i].sin_addr);
      end->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (bind (end->fd, (struct sockaddr *) &own[i], sizeof own[i]) < 0
          || getsockname (end->fd, (struct sockaddr *) &own[i], &length) < 0)
        g_error ("Cannot bind to %s: %s", address, g_strerror (errno));
      prepare (end->headers, end->places, end->bytes);
    }
  for (guint i = 0; i < 2; i++)
    {
      crowd->ends[i].peer = own[1 - i];
      for (guint k = 0; k < BATCH; k++)
        {
          crowd->ends[i].headers[k].msg_hdr.msg_name = &crowd->ends[i].peer;
          crowd->ends[i].headers[k].msg_hdr.msg_namelen = sizeof own[0];
        }
    }
  prepare (crowd->headers, crowd->places, crowd->bytes);
}

int
main (int argc, char **argv)
{
  g_autofree Crowd *crowd = g_new0 (Crowd, 1);
  guint count, seconds;
  guint64 processor;

  if (argc != 4)
    {
      g_printerr ("usage: plain-consent ADDRESS COUNT SECONDS\n");
      return 2;
    }
  count = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  seconds = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  figures_bound_time (seconds + 60);
  open_ends (crowd, argv[1]);
  crowd->sessions = g_new0 (Session, count);
  for (guint i = 0; i < count; i++)
    {
      g_snprintf (crowd->sessions[i].username, sizeof crowd->sessions[i].username,
                  "%08x:%08x", i, ~i);
      fram_hmac_key_init (&crowd->sessions[i].key,
                          (const guint8 *) crowd->sessions[i].username, 17);
      /* In the first round they are spread over five seconds. */
      crowd->tick = i % 100;
      schedule (crowd, i);
    }
  crowd->tick = 80;

  run (crowd, 6);
  processor = figures_processor_time (getpid ());
  crowd->n_asked = crowd->n_confirmed = 0;
  run (crowd, seconds);
  processor = figures_processor_time (getpid ()) - processor;
  figures_write ("cpu", (double) processor / seconds / 1e7, "%");
  figures_write ("asked", (double) crowd->n_asked / seconds, "requests/s");
  if (crowd->n_confirmed == 0)
    g_error ("Nobody was answered");
  g_free (crowd->sessions);
  return 0;
}
