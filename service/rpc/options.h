/* What a CreateSession call asks for: its `a{sv}` read, checked and kept. */
#pragma once

#include <gio/gio.h>

#include "broker/broker.h"
#include "dbus/names.h"

typedef struct
{
  /* Without owner; strings belong to `source` and `passwords`. */
  FramSessionOptions session;
  const char *token; /* NULL: the service chooses */

  gboolean has_policy; /* or as the settings say */
  gboolean has_remote;
  FramDescription remote;
  GVariant *remote_candidates; /* a(us), NULL: none */
  const char **first_lines;    /* those of stream 0, NULL-terminated */
  gboolean remote_end;

  gint32 passwords_handle; /* index of a descriptor; -1: none */
  char passwords[FRAM_PASSWORDS_MAX];

  GVariant *source;
} FramRequest;

/* Failures are FRAM_BROKER_ERROR, and name the key. */
FramRequest *fram_request_new (GVariant *options, GError **error);
/* Wipes the passwords. */
void fram_request_free (FramRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramRequest, fram_request_free)

/* Gives each server its password from the first `length` bytes of `passwords`: as many as
 * there are servers, each ended by a NUL byte. */
gboolean fram_request_apply_passwords (FramRequest *request, gsize length,
                                       GError **error);
