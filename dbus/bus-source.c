/* Watches become descriptors of the source, timeouts and waiting messages its ready time.
 * What libdbus calls back only notes what is to be done; all work happens in dispatch. */
#include "dbus/bus-source.h"

#include "dbus/memory.h"

/* Messages handled before other sources of the context get their turn. */
#define MESSAGES_PER_TURN 32
/* Where libdbus found no memory for a message: how long until it is tried again. */
#define MEMORY_RETRY (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  DBusWatch *watch;
  gpointer tag; /* of g_source_add_unix_fd(); NULL while the watch is disabled */
} Watch;

typedef struct
{
  DBusTimeout *timeout;
  gint64 due; /* on the monotonic clock; G_MAXINT64 while it is disabled */
} Timeout;

typedef struct
{
  GSource source;
  DBusConnection *connection;
  GArray *watches;     /* Watch */
  GArray *timeouts;    /* Timeout */
  gint64 messages_due; /* when to dispatch messages; G_MAXINT64: none wait */
} BusSource;

static void
update_ready_time (BusSource *bus)
{
  gint64 due = bus->messages_due;

  for (guint i = 0; i < bus->timeouts->len; i++)
    due = MIN (due, g_array_index (bus->timeouts, Timeout, i).due);
  g_source_set_ready_time (&bus->source, due == G_MAXINT64 ? -1 : due);
}

/* --- Watches ----------------------------------------------------------------------- */

static Watch *
find_watch (BusSource *bus, DBusWatch *watch)
{
  for (guint i = 0; i < bus->watches->len; i++)
    {
      Watch *known = &g_array_index (bus->watches, Watch, i);

      if (known->watch == watch)
        return known;
    }
  return NULL;
}

/* A disabled watch leaves the poll set altogether: with an empty mask poll() would still
 * report a hang-up, in every turn. */
static void
sync_watch (BusSource *bus, Watch *known)
{
  GIOCondition condition = G_IO_ERR | G_IO_HUP;
  guint flags = dbus_watch_get_flags (known->watch);

  if (known->tag != NULL)
    g_source_remove_unix_fd (&bus->source, known->tag);
  known->tag = NULL;
  if (!dbus_watch_get_enabled (known->watch))
    return;

  if (flags & DBUS_WATCH_READABLE)
    condition |= G_IO_IN;
  if (flags & DBUS_WATCH_WRITABLE)
    condition |= G_IO_OUT;
  known->tag = g_source_add_unix_fd (&bus->source, dbus_watch_get_unix_fd (known->watch),
                                     condition);
}

static dbus_bool_t
on_watch_added (DBusWatch *watch, void *data)
{
  BusSource *bus = data;
  Watch added = { .watch = watch };

  sync_watch (bus, &added);
  g_array_append_val (bus->watches, added);
  return TRUE;
}

static void
on_watch_toggled (DBusWatch *watch, void *data)
{
  BusSource *bus = data;
  Watch *known = find_watch (bus, watch);

  if (known != NULL)
    sync_watch (bus, known);
}

static void
on_watch_removed (DBusWatch *watch, void *data)
{
  BusSource *bus = data;
  Watch *known = find_watch (bus, watch);

  if (known == NULL)
    return;
  if (known->tag != NULL)
    g_source_remove_unix_fd (&bus->source, known->tag);
  g_array_remove_index_fast (bus->watches, known - (Watch *) bus->watches->data);
}

/* What poll() reported for a watch, in libdbus' words; 0: nothing. */
static guint
ready_flags (BusSource *bus, const Watch *known)
{
  GIOCondition condition;
  guint flags = 0;

  if (known->tag == NULL)
    return 0;
  condition = g_source_query_unix_fd (&bus->source, known->tag);
  if (condition & G_IO_IN)
    flags |= DBUS_WATCH_READABLE;
  if (condition & G_IO_OUT)
    flags |= DBUS_WATCH_WRITABLE;
  if (condition & G_IO_HUP)
    flags |= DBUS_WATCH_HANGUP;
  if (condition & G_IO_ERR)
    flags |= DBUS_WATCH_ERROR;
  return flags;
}

/* Handling one watch may remove or disable others, so each is looked up again. */
static void
handle_watches (BusSource *bus)
{
  g_autofree DBusWatch **ready = g_new (DBusWatch *, bus->watches->len + 1);
  guint n_ready = 0;

  for (guint i = 0; i < bus->watches->len; i++)
    {
      const Watch *known = &g_array_index (bus->watches, Watch, i);

      if (ready_flags (bus, known) != 0)
        ready[n_ready++] = known->watch;
    }

  for (guint i = 0; i < n_ready; i++)
    {
      const Watch *known = find_watch (bus, ready[i]);
      guint flags = known == NULL ? 0 : ready_flags (bus, known);

      if (flags != 0)
        dbus_watch_handle (ready[i], flags);
    }
}

/* --- Timeouts ---------------------------------------------------------------------- */

static Timeout *
find_timeout (BusSource *bus, DBusTimeout *timeout)
{
  for (guint i = 0; i < bus->timeouts->len; i++)
    {
      Timeout *known = &g_array_index (bus->timeouts, Timeout, i);

      if (known->timeout == timeout)
        return known;
    }
  return NULL;
}

static void
sync_timeout (Timeout *known, gint64 now)
{
  known->due = G_MAXINT64;
  if (dbus_timeout_get_enabled (known->timeout))
    known->due
        = now + dbus_timeout_get_interval (known->timeout) * G_TIME_SPAN_MILLISECOND;
}

static dbus_bool_t
on_timeout_added (DBusTimeout *timeout, void *data)
{
  BusSource *bus = data;
  Timeout added = { .timeout = timeout };

  sync_timeout (&added, g_get_monotonic_time ());
  g_array_append_val (bus->timeouts, added);
  update_ready_time (bus);
  return TRUE;
}

static void
on_timeout_toggled (DBusTimeout *timeout, void *data)
{
  BusSource *bus = data;
  Timeout *known = find_timeout (bus, timeout);

  if (known == NULL)
    return;
  sync_timeout (known, g_get_monotonic_time ());
  update_ready_time (bus);
}

static void
on_timeout_removed (DBusTimeout *timeout, void *data)
{
  BusSource *bus = data;
  Timeout *known = find_timeout (bus, timeout);

  if (known == NULL)
    return;
  g_array_remove_index_fast (bus->timeouts, known - (Timeout *) bus->timeouts->data);
  update_ready_time (bus);
}

static void
handle_timeouts (BusSource *bus, gint64 now)
{
  g_autofree DBusTimeout **due = g_new (DBusTimeout *, bus->timeouts->len + 1);
  guint n_due = 0;

  for (guint i = 0; i < bus->timeouts->len; i++)
    {
      Timeout *known = &g_array_index (bus->timeouts, Timeout, i);

      if (known->due > now)
        continue;
      due[n_due++] = known->timeout;
      /* A libdbus timeout repeats until it is removed. */
      sync_timeout (known, now);
    }

  for (guint i = 0; i < n_due; i++)
    {
      if (find_timeout (bus, due[i]) != NULL)
        dbus_timeout_handle (due[i]);
    }
}

/* --- Messages ---------------------------------------------------------------------- */

static gint64
when_to_dispatch (DBusDispatchStatus status)
{
  switch (status)
    {
    case DBUS_DISPATCH_DATA_REMAINS:
      return 0;
    case DBUS_DISPATCH_COMPLETE:
      return G_MAXINT64;
    case DBUS_DISPATCH_NEED_MEMORY:
      return g_get_monotonic_time () + MEMORY_RETRY;
    }
  g_return_val_if_reached (G_MAXINT64);
}

/* libdbus forbids dispatching from in here. */
static void
on_dispatch_status (DBusConnection *connection, DBusDispatchStatus status, void *data)
{
  BusSource *bus = data;

  bus->messages_due = when_to_dispatch (status);
  update_ready_time (bus);
}

static void
on_wakeup (void *data)
{
  BusSource *bus = data;

  g_main_context_wakeup (g_source_get_context (&bus->source));
}

static void
dispatch_messages (BusSource *bus)
{
  DBusDispatchStatus status = dbus_connection_get_dispatch_status (bus->connection);

  for (guint i = 0; i < MESSAGES_PER_TURN && status == DBUS_DISPATCH_DATA_REMAINS; i++)
    status = dbus_connection_dispatch (bus->connection);
  bus->messages_due = when_to_dispatch (status);
}

/* --- The source -------------------------------------------------------------------- */

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  BusSource *bus = (BusSource *) source;

  /* A handler may detach the source and close the connection. */
  g_source_ref (source);
  handle_watches (bus);
  handle_timeouts (bus, g_get_monotonic_time ());
  if (!g_source_is_destroyed (source))
    dispatch_messages (bus);
  if (!g_source_is_destroyed (source))
    update_ready_time (bus);
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  BusSource *bus = (BusSource *) source;

  dbus_connection_unref (bus->connection);
  g_array_unref (bus->watches);
  g_array_unref (bus->timeouts);
}

static GSourceFuncs bus_source_funcs = {
  .dispatch = dispatch,
  .finalize = finalize,
};

GSource *
fram_bus_source_attach (DBusConnection *connection, GMainContext *context)
{
  GSource *source = g_source_new (&bus_source_funcs, sizeof (BusSource));
  BusSource *bus = (BusSource *) source;
  gboolean done;

  g_source_set_static_name (source, "libdbus connection");
  /* No handler runs the loop; without this GLib takes the descriptor out for each dispatch, puts
   * it back, and wakes itself for both. */
  g_source_set_can_recurse (source, TRUE);
  bus->connection = dbus_connection_ref (connection);
  bus->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
  bus->timeouts = g_array_new (FALSE, FALSE, sizeof (Timeout));

  /* Attached before libdbus may want to wake the context. */
  g_source_attach (source, context);
  done = dbus_connection_set_watch_functions (
             connection, on_watch_added, on_watch_removed, on_watch_toggled, bus, NULL)
         && dbus_connection_set_timeout_functions (connection, on_timeout_added,
                                                   on_timeout_removed, on_timeout_toggled,
                                                   bus, NULL);
  fram_bus_require (done);
  dbus_connection_set_dispatch_status_function (connection, on_dispatch_status, bus,
                                                NULL);
  dbus_connection_set_wakeup_main_function (connection, on_wakeup, bus, NULL);

  bus->messages_due = when_to_dispatch (dbus_connection_get_dispatch_status (connection));
  update_ready_time (bus);
  return source;
}

void
fram_bus_source_detach (GSource *source)
{
  BusSource *bus = (BusSource *) source;

  g_return_if_fail (source != NULL);

  dbus_connection_set_wakeup_main_function (bus->connection, NULL, NULL, NULL);
  dbus_connection_set_dispatch_status_function (bus->connection, NULL, NULL, NULL);
  dbus_connection_set_timeout_functions (bus->connection, NULL, NULL, NULL, NULL, NULL);
  dbus_connection_set_watch_functions (bus->connection, NULL, NULL, NULL, NULL, NULL);
  g_source_destroy (source);
  g_source_unref (source);
}
