/* Two hosts, of which one calls the other with TCP candidates. */
#pragma once

#include "tcp-world.h"

typedef struct
{
  TcpWorld *world;
  TcpHost *a, *b;
  FramSessionId offer, answer;
} TcpCall;

extern const FramSessionOptions tcp_call_options;

void tcp_call_setup (TcpCall *call, gconstpointer data);
void tcp_call_teardown (TcpCall *call, gconstpointer data);
/* Creates both sessions and signals. */
void tcp_call_begin (TcpCall *call);
/* Passes to each what the other describes. */
void tcp_call_signal (TcpCall *call);
/* Both begin another generation; nothing is signalled yet. */
void tcp_call_restart (TcpCall *call);
void tcp_call_assert_completed (TcpCall *call);
