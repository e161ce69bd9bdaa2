/* Pulling the tables.  One question of a kind is under way at a time: what is to be pulled
 * meanwhile is pulled when it is answered, so a slow reader asks less. */
#include "fram-error.h"
#include "inspector-private.h"
#include "session-row.h"

#define REPLY_TYPE "(tba(tosssusssssssssauuxttssssssx)at)"

static void pull_sessions (FramInspector *self);

/* Rows that go say so, before they leave the list. */
static void
end_rows (FramInspector *self, GVariant *rows, gboolean complete, GVariant *removed)
{
  g_autoptr (GHashTable) kept = NULL;
  GVariantIter iter;
  GVariant *values;
  guint64 id;

  g_variant_iter_init (&iter, removed);
  while (g_variant_iter_next (&iter, "t", &id))
    {
      FramRow *row = fram_table_find_id (self->sessions, id);

      if (row != NULL)
        fram_session_row_end (FRAM_SESSION_ROW (row));
    }
  if (!complete)
    return;
  kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_variant_iter_init (&iter, rows);
  while ((values = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_hash_table_add (kept, fram_table_key_id (values));
      g_variant_unref (values);
    }
  for (guint i = 0; i < fram_table_get_length (self->sessions); i++)
    {
      FramRow *row = fram_table_peek (self->sessions, i);
      g_autofree char *key
          = g_strdup_printf ("%" G_GUINT64_FORMAT, fram_row_get_id (row));

      if (!g_hash_table_contains (kept, key))
        fram_session_row_end (FRAM_SESSION_ROW (row));
    }
}

static void
measure (FramInspector *self)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < fram_table_get_length (self->sessions); i++)
    fram_session_row_measure (FRAM_SESSION_ROW (fram_table_peek (self->sessions, i)),
                              now);
}

/* What is told may make others let go of them. */
static GPtrArray *
copy_watches (GPtrArray *watches)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < watches->len; i++)
    g_ptr_array_add (copy, g_object_ref (g_ptr_array_index (watches, i)));
  return copy;
}

static void
find_rows (FramInspector *self)
{
  g_autoptr (GPtrArray) watches = copy_watches (self->session_watches);

  for (guint i = 0; i < watches->len; i++)
    fram_session_watch_find_row (g_ptr_array_index (watches, i));
}

static void
take_sessions (FramInspector *self, GVariant *reply)
{
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) removed = NULL;
  gboolean complete;

  g_variant_get (reply, "(tb@a(tosssusssssssssauuxttssssssx)@at)", &self->known,
                 &complete, &rows, &removed);
  end_rows (self, rows, complete, removed);
  fram_table_update (self->sessions, rows, complete);
  fram_table_remove (self->sessions, removed);
  measure (self);
  find_rows (self);
  if (self->loaded)
    return;
  self->loaded = TRUE;
  g_object_notify (G_OBJECT (self), "loaded");
}

static void
on_sessions (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramInspector) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = fram_inspector_call_finish (self, result, NULL, &error);

  /* It is another service's by now, or nobody's. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->pulling = FALSE;
  fram_inspector_set_error (self, error);
  if (reply != NULL)
    take_sessions (self, reply);
  if (self->pull_again && reply != NULL)
    pull_sessions (self);
}

static void
pull_sessions (FramInspector *self)
{
  self->pull_again = self->pulling;
  if (self->pulling)
    return;
  self->pulling = TRUE;
  fram_inspector_call (self, "GetSessions", g_variant_new ("(t)", self->known),
                       REPLY_TYPE, self->cancellable, on_sessions, g_object_ref (self));
}

void
fram_inspector_pull (FramInspector *self)
{
  if (self->cancellable == NULL)
    return;
  pull_sessions (self);
  for (guint i = 0; i < self->session_watches->len; i++)
    fram_session_watch_pull (g_ptr_array_index (self->session_watches, i));
  for (guint i = 0; i < self->network_watches->len; i++)
    fram_network_watch_pull (g_ptr_array_index (self->network_watches, i));
}

void
fram_inspector_forget (FramInspector *self)
{
  g_autoptr (GPtrArray) session_watches = copy_watches (self->session_watches);
  g_autoptr (GPtrArray) network_watches = copy_watches (self->network_watches);

  self->known = 0;
  self->pulling = self->pull_again = FALSE;
  for (guint i = 0; i < fram_table_get_length (self->sessions); i++)
    fram_session_row_end (FRAM_SESSION_ROW (fram_table_peek (self->sessions, i)));
  fram_table_clear (self->sessions);
  for (guint i = 0; i < session_watches->len; i++)
    fram_session_watch_end (g_ptr_array_index (session_watches, i));
  for (guint i = 0; i < network_watches->len; i++)
    fram_network_watch_forget (g_ptr_array_index (network_watches, i));
  fram_inspector_set_error (self, NULL);
  if (!self->loaded)
    return;
  self->loaded = FALSE;
  g_object_notify (G_OBJECT (self), "loaded");
}
