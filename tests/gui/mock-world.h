/* A world that is like one of a person's days: three applications, five sessions, a network
 * with a NAT, servers, settings and a past. */
#pragma once

#include "mock-service.h"

typedef struct
{
  MockService *service;
  MockSession *call;     /* connected by a direct path, and still checking another one */
  MockSession *game;     /* relayed */
  MockSession *transfer; /* has found no way */
  MockSession *screen;   /* being checked */
  MockSession *fresh;    /* waits for its peer */
} MockWorld;

/* Return: (transfer full): with its service, which answers. */
MockWorld *mock_world_new (void);
void mock_world_free (MockWorld *self);

/* As many sessions as that, with as many pairs each, besides. */
void mock_world_crowd (MockWorld *self, guint n_sessions, guint n_pairs);

/* Takes all sessions away. */
void mock_world_clear (MockWorld *self);
