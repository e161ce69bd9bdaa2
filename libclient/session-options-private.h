/* What lies in session options, for the code that sends them. */
#pragma once

#include "fram-session-options.h"

typedef struct
{
  char *uri;
  char *username; /* empty if there is none */
  char *password; /* empty if there is none; wiped when freed */
} FramSessionServer;

struct _FramSessionOptions
{
  GObject parent_instance;

  char *label;
  FramRole role;
  FramPolicy policy;
  gboolean trickle;
  gboolean tcp;
  gboolean lite;
  guint pacing;    /* milliseconds; 0: the service's */
  guint max_pairs; /* 0: the service's */
  guint dscp;
  FramDescription *remote;
  GArray *components; /* guint32: for each stream */
  GPtrArray *servers; /* FramSessionServer */
  gboolean settings_servers;
};

/* Wipes the password. */
void fram_session_server_free (gpointer server);
