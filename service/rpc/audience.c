#include "rpc/audience.h"

#include "dbus/names.h"

struct _FramAudience
{
  FramExporter *exporter;
  FramInterface *interface;
  FramOwners *owners;
  GHashTable *names; /* of connections; each is held by `owners` */
};

FramAudience *
fram_audience_new (FramExporter *exporter, FramInterface *interface, FramOwners *owners)
{
  FramAudience *audience = g_new0 (FramAudience, 1);

  audience->exporter = exporter;
  audience->interface = interface;
  audience->owners = owners;
  audience->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return audience;
}

void
fram_audience_free (FramAudience *audience)
{
  g_hash_table_unref (audience->names);
  g_free (audience);
}

/* Return: FALSE: there are too many. */
static gboolean
add (FramAudience *audience, const char *name)
{
  if (g_hash_table_contains (audience->names, name))
    return TRUE;
  if (g_hash_table_size (audience->names) >= FRAM_AUDIENCE_MAX)
    return FALSE;
  g_hash_table_add (audience->names, g_strdup (name));
  fram_owners_hold (audience->owners, name);
  return TRUE;
}

void
fram_audience_note_reader (FramAudience *audience, FramCall *call)
{
  add (audience, fram_call_get_sender (call));
}

void
fram_audience_subscribe (FramAudience *audience, FramCall *call)
{
  if (add (audience, fram_call_get_sender (call)))
    fram_call_return (call, NULL);
  else
    fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                    "%d applications are told already, and no more can be",
                    FRAM_AUDIENCE_MAX);
}

void
fram_audience_unsubscribe (FramAudience *audience, FramCall *call)
{
  fram_audience_caller_gone (audience, fram_call_get_sender (call));
  fram_call_return (call, NULL);
}

void
fram_audience_caller_gone (FramAudience *audience, const char *name)
{
  if (g_hash_table_remove (audience->names, name))
    fram_owners_release (audience->owners, name);
}

void
fram_audience_signal (FramAudience *audience, const char *signal, GVariant *body)
{
  g_autoptr (GVariant) tuple = body != NULL ? g_variant_ref_sink (body) : NULL;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, audience->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    fram_exporter_signal (audience->exporter, name, FRAM_PATH_MANAGER,
                          audience->interface, signal, tuple);
}
