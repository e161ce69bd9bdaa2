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
  tcp_world_signal (call->a, call->offer, call->b, call->answer);
  tcp_world_signal (call->b, call->answer, call->a, call->offer);
}

void
tcp_call_assert_completed (TcpCall *call)
{
  g_assert_cmpint (tcp_host_state (call->a, call->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (tcp_host_state (call->b, call->answer), ==, FRAM_STATE_COMPLETED);
}
