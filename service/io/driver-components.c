/* The driver's face to who opens components. */
#include "io/driver-private.h"

#include "broker/snapshot.h"

static FramComponentKey
make_key (FramSessionId session, guint stream, guint component)
{
  return (FramComponentKey){ .session = session,
                             .stream = (guint16) stream,
                             .component = (guint16) component };
}

static gboolean
check_component (FramDriver *driver, const FramComponentKey *key, guint stream,
                 guint component, GError **error)
{
  FramSessionRow row;

  if (!fram_broker_get_session (driver->broker, key->session, &row))
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NO_SESSION,
                   "There is no session %u", key->session);
      return FALSE;
    }
  if (row.state == FRAM_STATE_CLOSED)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_WRONG_STATE,
                   "The session has ended");
      return FALSE;
    }
  if (stream >= row.n_streams || component < 1 || component > row.n_components[stream])
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "The session has no component %u.%u", stream, component);
      return FALSE;
    }
  return TRUE;
}

int
fram_driver_open_component (FramDriver *driver, FramSessionId session, guint stream,
                            guint component, GError **error)
{
  FramComponentKey key = make_key (session, stream, component);
  g_autoptr (GError) cause = NULL;
  int fd;

  if (!check_component (driver, &key, stream, component, error))
    return -1;
  fd = fram_plane_open_component (driver->plane, &key, &cause);
  if (fd < 0)
    g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT,
                 "No more components can be opened: %s", cause->message);
  return fd;
}

static void
set_refused (GError **error, const GError *cause)
{
  gboolean too_early = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);

  g_set_error_literal (error, FRAM_BROKER_ERROR,
                       too_early ? FRAM_BROKER_ERROR_WRONG_STATE
                                 : FRAM_BROKER_ERROR_NOT_SUPPORTED,
                       cause->message);
}

int
fram_driver_open_direct (FramDriver *driver, FramSessionId session, guint stream,
                         guint component, FramAddress *ret_remote, GError **error)
{
  FramComponentKey key = make_key (session, stream, component);
  g_autoptr (GError) cause = NULL;
  int fd;

  if (!check_component (driver, &key, stream, component, error))
    return -1;
  fd = fram_plane_open_direct (driver->plane, &key, ret_remote, &cause);
  if (fd < 0)
    set_refused (error, cause);
  else
    fram_flow_watch_wake (driver->flows);
  return fd;
}

int
fram_driver_share_counts (FramDriver *driver, FramSessionId session, guint stream,
                          guint component, GError **error)
{
  FramComponentKey key = make_key (session, stream, component);
  g_autoptr (GError) cause = NULL;
  int fd;

  if (!check_component (driver, &key, stream, component, error))
    return -1;
  fd = fram_plane_share_counts (driver->plane, &key, &cause);
  if (fd < 0)
    set_refused (error, cause);
  return fd;
}

void
fram_driver_close_direct (FramDriver *driver, FramSessionId session, guint stream,
                          guint component)
{
  FramComponentKey key = make_key (session, stream, component);

  fram_plane_close_direct (driver->plane, &key);
}

gboolean
fram_driver_get_component_stats (FramDriver *driver, FramSessionId session, guint stream,
                                 guint component, FramComponentStats *ret_stats)
{
  FramComponentKey key = make_key (session, stream, component);

  if (stream >= FRAM_MAX_STREAMS || component > FRAM_MAX_COMPONENTS)
    return FALSE;
  return fram_plane_get_component_stats (driver->plane, &key, ret_stats);
}

void
fram_driver_get_session_bytes (FramDriver *driver, FramSessionId session,
                               guint64 *ret_sent, guint64 *ret_received)
{
  fram_plane_get_session_bytes (driver->plane, session, ret_sent, ret_received);
}

void
fram_driver_get_component_counts (FramDriver *driver, FramSessionId session, guint stream,
                                  guint component, FramTransferCounts *ret_counts)
{
  FramComponentKey key = make_key (session, stream, component);

  fram_plane_get_counts (driver->plane, &key, ret_counts);
}

void
fram_driver_get_path_counts (FramDriver *driver, FramSessionId session, guint stream,
                             guint component, FramBaseId base, const FramAddress *remote,
                             FramTransferCounts *ret_counts)
{
  FramComponentKey key = make_key (session, stream, component);

  fram_plane_get_path_counts (driver->plane, &key, base, remote, ret_counts);
}

void
fram_driver_get_stats (FramDriver *driver, FramDriverStats *ret_stats)
{
  fram_plane_get_stats (driver->plane, ret_stats);
  ret_stats->names_problem = fram_avahi_get_problem (driver->avahi);
}
