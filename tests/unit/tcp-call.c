#include "tcp-call.h"

const FramSessionOptions tcp_call_options = { .trickle = TRUE, .tcp = TRUE };

void
tcp_call_setup (TcpCall *call, gconstpointer data)
{
  call->world = tcp_world_new ();
  call->a = tcp_world_add_host (call->world, "192.0.2.1");
  call->b = tcp_world_add_host (call->world, "192.0.2.2");
}

void
tcp_call_teardown (TcpCall *call, gconstpointer data)
{
  tcp_world_free (call->world);
}

void
tcp_call_begin (TcpCall *call)
{
  call->offer = tcp_host_create (call->a, &tcp_call_options);
  call->answer = tcp_host_create (call->b, &tcp_call_options);
  tcp_call_signal (call);
}

void
tcp_call_signal (TcpCall *call)
{
  tcp_world_signal (call->a, call->offer, call->b, call->answer);
  tcp_world_signal (call->b, call->answer, call->a, call->offer);
}

void
tcp_call_restart (TcpCall *call)
{
  FramTime now = call->world->now;

  g_assert_true (fram_broker_restart (call->a->broker, call->offer, now, NULL));
  g_assert_true (fram_broker_restart (call->b->broker, call->answer, now, NULL));
  tcp_world_settle (call->world);
}

void
tcp_call_assert_completed (TcpCall *call)
{
  g_assert_cmpint (tcp_host_state (call->a, call->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (tcp_host_state (call->b, call->answer), ==, FRAM_STATE_COMPLETED);
}

/* --- Sessions ---------------------------------------------------------------------- */

FramSessionId
tcp_host_create (TcpHost *host, const FramSessionOptions *options)
{
  g_autoptr (GError) error = NULL;
  FramSessionId session
      = fram_broker_create_session (host->broker, options, host->world->now, &error);

  g_assert_no_error (error);
  tcp_world_settle (host->world);
  return session;
}

GPtrArray *
tcp_host_lines (TcpHost *host, FramSessionId session)
{
  return fram_broker_list_local_lines (host->broker, session, 0);
}

void
tcp_world_signal (TcpHost *from, FramSessionId offer, TcpHost *to, FramSessionId answer)
{
  g_autoptr (GPtrArray) lines = tcp_host_lines (from, offer);
  g_autoptr (GError) error = NULL;
  FramLocalDescription local;
  FramTime now = to->world->now;

  g_assert_true (fram_broker_get_local_description (from->broker, offer, &local));
  fram_broker_set_remote_description (to->broker, answer, &local.description, now,
                                      &error);
  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++)
    {
      fram_broker_add_remote_candidate (to->broker, answer, NULL, 0,
                                        g_ptr_array_index (lines, i), now, &error);
      g_assert_no_error (error);
    }
  fram_broker_end_remote_candidates (to->broker, answer, NULL, now, NULL);
  tcp_world_settle (to->world);
}

FramState
tcp_host_state (TcpHost *host, FramSessionId session)
{
  FramSessionRow row;

  if (!fram_broker_get_session (host->broker, session, &row))
    return FRAM_STATE_CLOSED;
  return row.state;
}

gboolean
tcp_host_get_listening (TcpHost *host, FramAddress *ret_address)
{
  GHashTableIter iter;
  gpointer address;

  g_hash_table_iter_init (&iter, host->listening);
  if (!g_hash_table_iter_next (&iter, NULL, &address))
    return FALSE;
  *ret_address = *(FramAddress *) address;
  return TRUE;
}
