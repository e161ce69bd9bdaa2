/* The command line of peer-nice. */
#pragma once

#include <agent.h>

#define MAX_COMPONENTS 4

typedef struct
{
  char *role;
  gboolean aggressive;
  gboolean trickle;
  gboolean lite;
  gboolean consent;
  gboolean renomination;
  gboolean echo;
  int components;
  char **addresses;
  char *stun;            /* a server's address, at port 3478; or NULL */
  char **relays;         /* UDP, TCP or TLS, a comma, and the server's address and port */
  char *user, *password; /* at all relays */
  gboolean relay_only;
  gboolean tcp; /* nothing but TCP candidates */
  char *proxy;  /* HTTP or SOCKS5, a comma, address and port; or NULL */
} NiceOptions;

/* Return: FALSE with `error` set. */
gboolean nice_options_parse (NiceOptions *options, int argc, char **argv, GError **error);
void nice_options_clear (NiceOptions *options);

/* Tells an agent of the relays and the proxy, before it gathers. */
gboolean nice_options_apply (const NiceOptions *options, NiceAgent *agent, guint stream,
                             GError **error);
