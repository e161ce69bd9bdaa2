/* Connections that come to the broker from wherever: of those who say nothing, or garbage, or what
 * is not theirs to say, and of peers who are early.  (RFC 6544 §7, §12) */
#include "tcp-call.h"

#include <string.h>

#include "broker/tcp.h"
#include "stun/builder.h"

static FramAddress
stranger (guint n)
{
  FramAddress address;

  g_assert_true (fram_address_parse (&address, "203.0.113.0:1000"));
  address.ip[3] = (guint8) n;
  address.port = (guint16) (1000 + n);
  return address;
}

static void
say_check (TcpCall *f, TcpEnd *end, const char *username, const char *pwd)
{
  FramStunId id = { { 9 } };
  FramStunBuilder builder;
  guint8 buffer[400];
  FramHmacKey key;

  fram_hmac_key_init (&key, (const guint8 *) pwd, strlen (pwd));
  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, username);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, 99);
  fram_stun_builder_add_u64 (&builder, FRAM_STUN_ATTR_ICE_CONTROLLED, 1);
  fram_stun_builder_add_integrity (&builder, &key);
  fram_stun_builder_add_fingerprint (&builder);
  tcp_end_say (end, buffer, fram_stun_builder_end (&builder));
}

/* Who says nothing is let go, after a while. */
static void
test_says_nothing (TcpCall *f, gconstpointer data)
{
  FramAddress from = stranger (1);
  TcpEnd *end;

  tcp_host_create (f->a, &tcp_call_options);
  end = tcp_world_connect (f->a, &from);
  tcp_world_run (f->world, FRAM_TCP_SILENCE - FRAM_MILLISECONDS (1));
  g_assert_true (end->is_open);
  tcp_world_run (f->world, FRAM_MILLISECONDS (50));
  g_assert_false (end->is_open);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
}

/* There is a place for so many, and of each address for a few. */
static void
test_crowd (TcpCall *f, gconstpointer data)
{
  FramAddress from = stranger (1);
  TcpEnd *first;

  tcp_host_create (f->a, &tcp_call_options);
  first = tcp_world_connect (f->a, &from);
  for (guint i = 1; i < FRAM_TCP_MAX_SILENT_OF_ONE; i++)
    {
      from.port++;
      g_assert_nonnull (tcp_world_connect (f->a, &from));
    }
  from.port++;
  g_assert_null (tcp_world_connect (f->a, &from));
  for (guint i = 0; i < FRAM_TCP_MAX_SILENT - FRAM_TCP_MAX_SILENT_OF_ONE; i++)
    {
      from = stranger (100 + i);
      g_assert_nonnull (tcp_world_connect (f->a, &from));
    }
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, FRAM_TCP_MAX_SILENT);
  g_assert_true (first->is_open);
  from = stranger (99);
  g_assert_nonnull (tcp_world_connect (f->a, &from));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, FRAM_TCP_MAX_SILENT);
  g_assert_null (first->other);
}

/* Behind one NAT there may be a peer for each session. */
static void
test_crowd_of_one (TcpCall *f, gconstpointer data)
{
  FramAddress from = stranger (1);

  for (guint i = 0; i < FRAM_TCP_MAX_SILENT_OF_ONE + 2; i++)
    tcp_host_create (f->a, &tcp_call_options);
  for (guint i = 0; i < FRAM_TCP_MAX_SILENT_OF_ONE + 2; i++)
    {
      from.port++;
      g_assert_nonnull (tcp_world_connect (f->a, &from));
    }
  from.port++;
  g_assert_null (tcp_world_connect (f->a, &from));
}

/* What is no check, or one of nobody here, ends the connection at once. */
static void
test_garbage (TcpCall *f, gconstpointer data)
{
  static const guint8 data_bytes[] = "GET / HTTP/1.1\r\n\r\n";
  FramAddress from = stranger (1);
  TcpEnd *end;

  tcp_host_create (f->a, &tcp_call_options);
  end = tcp_world_connect (f->a, &from);
  tcp_end_say (end, data_bytes, sizeof data_bytes);
  tcp_world_run (f->world, FRAM_MILLISECONDS (50));
  g_assert_false (end->is_open);
  end = tcp_world_connect (f->a, &from);
  say_check (f, end, "nobody:here", "0123456789012345678901");
  tcp_world_run (f->world, FRAM_MILLISECONDS (50));
  g_assert_false (end->is_open);
  g_assert_cmpuint (end->n_received, ==, 0);
}

/* A check that proves nothing is answered so, and claims nothing. */
static void
test_wrong_password (TcpCall *f, gconstpointer data)
{
  FramSessionId session = tcp_host_create (f->a, &tcp_call_options);
  FramAddress from = stranger (1);
  FramLocalDescription local;
  g_autofree char *username = NULL;
  TcpEnd *end = tcp_world_connect (f->a, &from);

  fram_broker_get_local_description (f->a->broker, session, &local);
  username = g_strconcat (local.description.ufrag, ":peer", NULL);
  say_check (f, end, username, "0123456789012345678901");
  tcp_world_run (f->world, FRAM_MILLISECONDS (50));
  g_assert_cmpuint (end->n_received, ==, 1);
  g_assert_true (end->is_open);
  tcp_world_run (f->world, FRAM_TCP_SILENCE);
  g_assert_false (end->is_open);
}

/* Its check comes before the description: it is answered, and the connection is kept. */
static void
test_early (TcpCall *f, gconstpointer data)
{
  f->offer = tcp_host_create (f->a, &tcp_call_options);
  f->answer = tcp_host_create (f->b, &tcp_call_options);
  tcp_world_signal (f->a, f->offer, f->b, f->answer);
  tcp_world_run (f->world, FRAM_SECONDS (20));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  tcp_world_signal (f->b, f->answer, f->a, f->offer);
  tcp_world_run (f->world, FRAM_SECONDS (5));
  tcp_call_assert_completed (f);
}

/* RFC 6544 §7.1: what answers is not the peer. */
static void
test_strange_answer (TcpCall *f, gconstpointer data)
{
  static const guint8 banner[] = "220 mail.example.org ESMTP";

  tcp_call_begin (f);
  while (tcp_host_count_open (f->b) == 0)
    tcp_world_run (f->world, FRAM_MILLISECONDS (1));
  for (guint i = 0; i < f->world->ends->len; i++)
    {
      TcpEnd *end = g_ptr_array_index (f->world->ends, i);

      if (end->host == f->b && end->other != NULL)
        tcp_end_say (end, banner, sizeof banner);
    }
  /* It overtakes the answer to the check. */
  tcp_world_run (f->world, FRAM_MILLISECONDS (11));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
}

/* The source port is used again before the end of the former connection was heard of. */
static void
test_port_again (TcpCall *f, gconstpointer data)
{
  FramAddress from = stranger (1);
  TcpEnd *first;

  tcp_host_create (f->a, &tcp_call_options);
  first = tcp_world_connect (f->a, &from);
  g_assert_nonnull (tcp_world_connect (f->a, &from));
  g_assert_null (first->other);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
}

/* Nobody is there for whom it could be. */
static void
test_lingering (TcpCall *f, gconstpointer data)
{
  FramSessionId session = tcp_host_create (f->a, &tcp_call_options);
  FramAddress from = stranger (1);

  fram_broker_close_session (f->a->broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->world->now);
  g_assert_null (tcp_world_connect (f->a, &from));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/broker/tcp-strangers/" name, TcpCall, NULL, tcp_call_setup, function,    \
              tcp_call_teardown)
  CASE ("says-nothing", test_says_nothing);
  CASE ("crowd", test_crowd);
  CASE ("crowd-of-one", test_crowd_of_one);
  CASE ("garbage", test_garbage);
  CASE ("wrong-password", test_wrong_password);
  CASE ("early", test_early);
  CASE ("strange-answer", test_strange_answer);
  CASE ("port-again", test_port_again);
  CASE ("lingering", test_lingering);
  return g_test_run ();
}
