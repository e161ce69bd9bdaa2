/* What is remembered, as plain structs: of networks (broker/known.h), and of sessions that
 * have ended. */
#pragma once

#include "broker/known.h"

/* Bytes.  A longer text for people is cut; a fact whose interface, server or network has a
 * longer name is not remembered.  The longest URI has a name of 255 characters. */
#define FRAM_KNOWN_TEXT_MAX 300

void fram_known_network_free (FramKnownNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramKnownNetwork, fram_known_network_free)

/* A session that has ended. */
typedef struct
{
  gint64 id;             /* grows; not looked at when told */
  gint64 started, ended; /* seconds since 1970 in UTC; not looked at when told */
  FramTime duration;     /* when told: it ends now */
  const char *application;
  const char *label;
  const char *state; /* a word, as "connected": the best it came to */
  const char *cause; /* a word, as "no-pair-succeeded": why it ended */
  const char *path;  /* in words, as "host to srflx over UDP" */
  FramTime rtt;      /* -1: not known */
  guint64 bytes_sent, bytes_received;
} FramPastSession;
