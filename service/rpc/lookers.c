#include "rpc/lookers.h"

#include <glib-unix.h>

#include "broker/inspection.h"
#include "broker/trace.h"
#include "dbus/names.h"
#include "rpc/event-socket.h"
#include "rpc/event-text.h"
#include "rpc/packet-stream.h"

typedef struct
{
  FramLookers *lookers;
  char *caller;
  FramSessionId session;    /* events: 0: of all */
  FramEventSocket *events;  /* or NULL, and then */
  FramPacketStream *stream; /* packets */
  gboolean with_data;
  guint source; /* GSource id: it has hung up */
} Looker;

struct _FramLookers
{
  FramOwners *callers;
  FramSessions *sessions;
  GPtrArray *all; /* Looker */
  GString *text;  /* of the event that is being told */
};

static FramBroker *
broker_of (FramLookers *lookers)
{
  return fram_sessions_get_broker (lookers->sessions);
}

/* --- What has to be told ----------------------------------------------------------- */

static gboolean
wants_events (const FramLookers *lookers, FramSessionId session)
{
  for (guint i = 0; i < lookers->all->len; i++)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i);

      if (looker->events != NULL && looker->session == session)
        return TRUE;
    }
  return FALSE;
}

static void
on_packet (const FramTappedPacket *packet, gpointer user_data)
{
  FramLookers *lookers = user_data;

  for (guint i = 0; i < lookers->all->len; i++)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i);

      if (looker->stream == NULL || (packet->is_data && !looker->with_data))
        continue;
      if (packet->session == looker->session
          || (packet->session == 0
              && fram_broker_inspect_server (broker_of (lookers), looker->session,
                                             packet->base, &packet->remote)))
        fram_packet_stream_write (looker->stream, packet);
    }
}

static void
on_released (FramSessionId session, guint stream, guint component, gpointer user_data)
{
  fram_sessions_tell_direct (user_data, session, stream, component);
}

static void
follow_packets (FramLookers *lookers)
{
  FramDriver *driver = fram_sessions_get_driver (lookers->sessions);
  gboolean wanted = FALSE, with_data = FALSE;

  for (guint i = 0; i < lookers->all->len; i++)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i);

      wanted |= looker->stream != NULL;
      with_data |= looker->stream != NULL && looker->with_data;
    }
  fram_driver_set_tap (driver, wanted ? on_packet : NULL, with_data, lookers);
  fram_driver_release_direct (driver, on_released, lookers->sessions);
}

static void
follow_events (FramLookers *lookers, FramSessionId session)
{
  gboolean wanted = wants_events (lookers, session);

  if (session == 0)
    fram_broker_trace_all (broker_of (lookers), wanted);
  else
    fram_broker_trace (broker_of (lookers), session, wanted);
}

static void
follow (FramLookers *lookers, gboolean events, FramSessionId session)
{
  if (events)
    follow_events (lookers, session);
  else
    follow_packets (lookers);
}

/* --- Their life -------------------------------------------------------------------- */

static void
looker_free (gpointer data)
{
  Looker *looker = data;

  g_source_remove (looker->source);
  fram_owners_release (looker->lookers->callers, looker->caller);
  g_clear_pointer (&looker->events, fram_event_socket_free);
  g_clear_pointer (&looker->stream, fram_packet_stream_free);
  g_free (looker->caller);
  g_free (looker);
}

static void
end (FramLookers *lookers, guint index)
{
  const Looker *looker = g_ptr_array_index (lookers->all, index);
  gboolean events = looker->events != NULL;
  FramSessionId session = looker->session;

  g_ptr_array_remove_index_fast (lookers->all, index);
  follow (lookers, events, session);
}

static gboolean
on_hung_up (int fd, GIOCondition condition, gpointer user_data)
{
  Looker *looker = user_data;
  guint index;

  if (g_ptr_array_find (looker->lookers->all, looker, &index))
    end (looker->lookers, index);
  return G_SOURCE_CONTINUE; /* it was removed with the reader */
}

static void
add (FramLookers *lookers, Looker *looker, const char *caller, int fd)
{
  looker->lookers = lookers;
  looker->caller = g_strdup (caller);
  looker->source = g_unix_fd_add (fd, G_IO_HUP | G_IO_ERR, on_hung_up, looker);
  fram_owners_hold (lookers->callers, caller);
  g_ptr_array_add (lookers->all, looker);
  follow (lookers, looker->events != NULL, looker->session);
}

FramLookers *
fram_lookers_new (FramOwners *callers)
{
  FramLookers *lookers = g_new0 (FramLookers, 1);

  lookers->callers = callers;
  lookers->all = g_ptr_array_new_with_free_func (looker_free);
  lookers->text = g_string_sized_new (FRAM_EVENT_TEXT_MAX);
  return lookers;
}

void
fram_lookers_start (FramLookers *lookers, FramSessions *sessions)
{
  lookers->sessions = sessions;
}

void
fram_lookers_free (FramLookers *lookers)
{
  while (lookers->all->len > 0)
    end (lookers, lookers->all->len - 1);
  g_ptr_array_unref (lookers->all);
  g_string_free (lookers->text, TRUE);
  g_free (lookers);
}

/* --- Facts ------------------------------------------------------------------------- */

void
fram_lookers_tell (FramLookers *lookers, const FramEvent *event)
{
  gint64 now = g_get_real_time ();

  if (lookers->all->len == 0)
    return;
  if (fram_event_to_text (event, now, lookers->text))
    for (guint i = 0; i < lookers->all->len; i++)
      {
        Looker *looker = g_ptr_array_index (lookers->all, i);

        if (looker->events != NULL
            && (looker->session == 0 || looker->session == event->session))
          fram_event_socket_send (looker->events, lookers->text, now);
      }
  if (event->type != FRAM_EVENT_CLOSED)
    return;
  for (guint i = lookers->all->len; i > 0; i--)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i - 1);

      if (looker->session == event->session)
        end (lookers, i - 1);
    }
}

void
fram_lookers_caller_gone (FramLookers *lookers, const char *name)
{
  for (guint i = lookers->all->len; i > 0; i--)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i - 1);

      if (g_str_equal (looker->caller, name))
        end (lookers, i - 1);
    }
}

/* --- Methods ----------------------------------------------------------------------- */

static gboolean
check_limits (FramLookers *lookers, FramCall *call)
{
  guint n = 0;

  for (guint i = 0; i < lookers->all->len; i++)
    {
      const Looker *looker = g_ptr_array_index (lookers->all, i);

      n += g_str_equal (looker->caller, fram_call_get_sender (call));
    }
  if (n < FRAM_LOOKERS_MAX_OF_CALLER && lookers->all->len < FRAM_LOOKERS_MAX)
    return TRUE;
  fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                  "At most %d descriptors of events and packets are given to one "
                  "application, and %d to all",
                  FRAM_LOOKERS_MAX_OF_CALLER, FRAM_LOOKERS_MAX);
  return FALSE;
}

static gboolean
check_session (FramLookers *lookers, FramCall *call, guint64 session)
{
  if (session != 0 && session <= G_MAXUINT32
      && fram_sessions_find (lookers->sessions, (FramSessionId) session) != NULL)
    return TRUE;
  fram_call_fail (call, FRAM_ERROR_NO_SESSION, "There is no session %" G_GUINT64_FORMAT,
                  session);
  return FALSE;
}

static void
answer (FramCall *call, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);

  fram_call_return_fds (call, g_variant_new ("(h)", 0), fds);
}

void
fram_lookers_open_events (FramLookers *lookers, FramCall *call, guint64 session)
{
  g_autoptr (GError) error = NULL;
  FramEventSocket *events;
  Looker *looker;
  int fd;

  if ((session != 0 && !check_session (lookers, call, session))
      || !check_limits (lookers, call))
    return;
  events = fram_event_socket_new (&fd, &error);
  if (events == NULL)
    {
      fram_call_fail (call, FRAM_ERROR_FAILED, "%s", error->message);
      return;
    }
  looker = g_new0 (Looker, 1);
  looker->session = (FramSessionId) session;
  looker->events = events;
  add (lookers, looker, fram_call_get_sender (call), fram_event_socket_get_fd (events));
  answer (call, fd);
}

/* Return: FALSE after it has failed. */
static gboolean
read_options (FramCall *call, GVariant *options, gboolean *ret_data, guint *ret_snap)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *ret_data = FALSE;
  *ret_snap = FRAM_PACKET_SNAP_DEFAULT;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (g_str_equal (key, "data") && g_variant_is_of_type (value, G_VARIANT_TYPE ("b")))
        *ret_data = g_variant_get_boolean (value);
      else if (g_str_equal (key, "snap")
               && g_variant_is_of_type (value, G_VARIANT_TYPE ("u"))
               && g_variant_get_uint32 (value) >= FRAM_PACKET_SNAP_LEAST
               && g_variant_get_uint32 (value) <= FRAM_PACKET_SNAP_MOST)
        *ret_snap = g_variant_get_uint32 (value);
      else
        {
          fram_call_fail (call, FRAM_ERROR_INVALID_ARGUMENT,
                          "Option “%s” is not known, or has a wrong value: there are "
                          "“data” (b) and “snap” (u, %d to %d)",
                          key, FRAM_PACKET_SNAP_LEAST, FRAM_PACKET_SNAP_MOST);
          return FALSE;
        }
    }
  return TRUE;
}

void
fram_lookers_capture (FramLookers *lookers, FramCall *call, guint64 session,
                      GVariant *options)
{
  g_autofree char *name = g_strdup_printf ("session %" G_GUINT64_FORMAT, session);
  g_autoptr (GError) error = NULL;
  FramPacketStream *stream;
  Looker *looker;
  gboolean with_data;
  guint snap;
  int fd;

  if (!check_session (lookers, call, session)
      || !read_options (call, options, &with_data, &snap)
      || !check_limits (lookers, call))
    return;
  stream = fram_packet_stream_new (name, snap, &fd, &error);
  if (stream == NULL)
    {
      fram_call_fail (call, FRAM_ERROR_FAILED, "%s", error->message);
      return;
    }
  looker = g_new0 (Looker, 1);
  looker->session = (FramSessionId) session;
  looker->stream = stream;
  looker->with_data = with_data;
  add (lookers, looker, fram_call_get_sender (call), fram_packet_stream_get_fd (stream));
  answer (call, fd);
}
