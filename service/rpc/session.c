/* The methods: read the arguments, ask the broker or the driver, answer, and only then let the
 * driver tell what came of it, so that no signal overtakes the answer that explains it. */
#include "rpc/session.h"

#include <unistd.h>

#include "broker/snapshot.h"
#include "dbus/interface-info.h"
#include "dbus/names.h"
#include "rpc/errors.h"
#include "rpc/remote.h"
#include "rpc/rows.h"
#include "rpc/session-signals.h"
#include "rpc/stats-report.h"

static gboolean
is_owner (gpointer object, const char *sender)
{
  const FramBusSession *session = object;

  return g_str_equal (session->owner, sender);
}

static FramBroker *
broker_of (FramBusSession *session)
{
  return fram_sessions_get_broker (session->sessions);
}

/* The session may be gone afterwards. */
static void
kick (FramBusSession *session)
{
  fram_driver_kick (fram_sessions_get_driver (session->sessions));
}

/* Answers a call that returns nothing, then carries out what it began. */
static void
finish (FramCall *call, FramBusSession *session, gboolean done, const GError *error)
{
  if (done)
    fram_call_return (call, NULL);
  else
    fram_rpc_fail (call, error);
  kick (session);
}

/* Between the end of a session and its leaving the bus nothing comes in, so an owner cannot
 * see this; it is an answer and not an assertion as the broker's word decides. */
static void
fail_gone (FramCall *call)
{
  fram_call_fail (call, FRAM_ERROR_NO_SESSION, "The session has ended");
}

/* --- What is signalled ------------------------------------------------------------- */

/* Return: (transfer full): NULL-terminated. */
static char **
words_of (const FramDescription *description)
{
  g_auto (GStrv) words = fram_ice_options_to_words (description->options);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  g_strv_builder_addv (all, (const char **) words);
  if (description->lite)
    g_strv_builder_add (all, FRAM_REMOTE_LITE_WORD);
  return g_strv_builder_end (all);
}

static void
get_local_description (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  FramBroker *broker = broker_of (session);
  g_auto (GStrv) words = NULL;
  FramLocalDescription local;

  if (!fram_broker_get_local_description (broker, session->id, &local))
    {
      fail_gone (call);
      return;
    }
  words = words_of (&local.description);
  fram_call_return (
      call,
      g_variant_new ("(ss^asu@a(us)b)", local.description.ufrag, local.description.pwd,
                     words, local.description.pacing,
                     fram_rows_local_lines (broker, session->id, session->n_streams),
                     local.gathered));
}

static gboolean
apply_remote_description (FramBusSession *session, const FramDescription *description,
                          GVariant *candidates, gboolean end, GError **error)
{
  FramBroker *broker = broker_of (session);
  FramTime now = fram_driver_now ();

  return fram_remote_check_candidates (candidates, session->n_streams, error)
         && fram_broker_set_remote_description (broker, session->id, description, now,
                                                error)
         && fram_remote_add_candidates (broker, session->id, description->ufrag,
                                        candidates, 0, now, error)
         && (!end
             || fram_broker_end_remote_candidates (broker, session->id,
                                                   description->ufrag, now, error));
}

static void
set_remote_description (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GVariant) candidates = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree const char **words = NULL;
  FramDescription description;
  const char *ufrag, *pwd;
  guint32 pacing;
  gboolean end, done;

  g_variant_get (arguments, "(&s&s^a&su@a(us)b)", &ufrag, &pwd, &words, &pacing,
                 &candidates, &end);
  done = fram_remote_read_description (ufrag, pwd, words, pacing, &description, &error)
         && apply_remote_description (session, &description, candidates, end, &error);
  finish (call, session, done, error);
}

/* An empty string stands for the present generation. */
static const char *
ufrag_or_null (const char *ufrag)
{
  return *ufrag != '\0' ? ufrag : NULL;
}

static void
add_remote_candidates (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GVariant) candidates = NULL;
  g_autoptr (GError) error = NULL;
  const char *ufrag;
  gboolean done;

  g_variant_get (arguments, "(&s@a(us))", &ufrag, &candidates);
  done = fram_remote_check_candidates (candidates, session->n_streams, &error)
         && fram_remote_add_candidates (broker_of (session), session->id,
                                        ufrag_or_null (ufrag), candidates, 0,
                                        fram_driver_now (), &error);
  finish (call, session, done, error);
}

static void
end_remote_candidates (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  const char *ufrag;
  gboolean done;

  g_variant_get (arguments, "(&s)", &ufrag);
  done = fram_broker_end_remote_candidates (broker_of (session), session->id,
                                            ufrag_or_null (ufrag), fram_driver_now (),
                                            &error);
  finish (call, session, done, error);
}

static void
restart (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  gboolean done = fram_broker_restart (broker_of (session), session->id,
                                       fram_driver_now (), &error);

  finish (call, session, done, error);
}

static void
set_dscp (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  guint32 stream, component, dscp;
  gboolean done;

  g_variant_get (arguments, "(uuu)", &stream, &component, &dscp);
  done = fram_broker_set_dscp (broker_of (session), session->id, stream, component, dscp,
                               &error);
  finish (call, session, done, error);
}

static void
remove_stream (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  guint32 stream;
  gboolean done;

  g_variant_get (arguments, "(u)", &stream);
  done = fram_broker_remove_stream (broker_of (session), session->id, stream,
                                    fram_driver_now (), &error);
  if (done)
    session->n_components[stream] = 0;
  finish (call, session, done, error);
}

/* --- Data -------------------------------------------------------------------------- */

/* Takes `fd`; -1: `error` is the answer. */
static void
return_fd (FramCall *call, int fd, const GError *error)
{
  g_autoptr (GUnixFDList) fds = NULL;

  if (fd < 0)
    {
      fram_rpc_fail (call, error);
      return;
    }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  fram_call_return_fds (call, g_variant_new ("(h)", 0), fds);
}

static void
open_component (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  guint32 stream, component;
  int fd;

  g_variant_get (arguments, "(uu)", &stream, &component);
  if (stream >= session->n_streams || component < 1
      || component > session->n_components[stream])
    {
      fram_call_fail (call, FRAM_ERROR_INVALID_ARGUMENT,
                      "The session has no component %u in stream %u", component, stream);
      return;
    }
  fd = fram_driver_open_component (fram_sessions_get_driver (session->sessions),
                                   session->id, stream, component, &error);
  return_fd (call, fd, error);
  kick (session);
}

/* As a socket of AF_INET6 takes it. */
static char *
format_mapped (const FramAddress *address)
{
  char text[FRAM_ADDRESS_TEXT];

  fram_address_ip_to_text (address, text);
  return address->family == FRAM_FAMILY_IPV4 ? g_strconcat ("::ffff:", text, NULL)
                                             : g_strdup (text);
}

static void
open_direct (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  guint32 stream, component;
  const char *why;
  FramAddress remote;
  int fd;

  g_variant_get (arguments, "(uu)", &stream, &component);
  why = fram_owners_explain_network (fram_sessions_get_owners (session->sessions),
                                     session->owner);
  if (why != NULL)
    {
      fram_call_fail (call, FRAM_ERROR_NOT_SUPPORTED,
                      "The data go through the service: %s", why);
      return;
    }
  fd = fram_driver_open_direct (fram_sessions_get_driver (session->sessions), session->id,
                                stream, component, &remote, &error);
  if (fd < 0)
    {
      fram_rpc_fail (call, error);
      return;
    }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  address = format_mapped (&remote);
  fram_call_return_fds (
      call, g_variant_new ("(hsqu)", 0, address, remote.port, remote.scope), fds);
  kick (session);
}

static void
close_direct (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  guint32 stream, component;

  g_variant_get (arguments, "(uu)", &stream, &component);
  if (stream < FRAM_MAX_STREAMS && component <= FRAM_MAX_COMPONENTS)
    fram_driver_close_direct (fram_sessions_get_driver (session->sessions), session->id,
                              stream, component);
  fram_call_return (call, NULL);
}

static void
share_counters (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GError) error = NULL;
  guint32 stream, component;
  int fd;

  g_variant_get (arguments, "(uu)", &stream, &component);
  fd = fram_driver_share_counts (fram_sessions_get_driver (session->sessions),
                                 session->id, stream, component, &error);
  return_fd (call, fd, error);
}

static void
get_stats (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  FramDriver *driver = fram_sessions_get_driver (session->sessions);
  GVariantBuilder rows;
  FramComponentStats stats;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a{sa{st}}"));
  for (guint stream = 0; stream < session->n_streams; stream++)
    for (guint component = 1; component <= session->n_components[stream]; component++)
      {
        char name[32];

        if (!fram_driver_get_component_stats (driver, session->id, stream, component,
                                              &stats))
          continue;
        g_snprintf (name, sizeof name, "%u.%u", stream, component);
        g_variant_builder_add (&rows, "{s@a{st}}", name,
                               fram_rows_component_stats (&stats));
      }
  fram_call_return (call, g_variant_new ("(a{sa{st}})", &rows));
}

static void
get_stats_report (FramCall *call, GVariant *arguments, gpointer object)
{
  GVariant *report = fram_stats_report_new (object);

  if (report == NULL)
    fail_gone (call);
  else
    fram_call_return (call, g_variant_new ("(@a{sa{sv}})", report));
}

/* --- Tables ------------------------------------------------------------------------ */

static void
get_candidates (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GArray) candidates
      = fram_broker_list_candidates (broker_of (session), session->id);

  if (candidates == NULL)
    fail_gone (call);
  else
    fram_call_return (call,
                      g_variant_new ("(@a(uubsssssu))",
                                     fram_rows_candidates (broker_of (session),
                                                           session->id, candidates)));
}

static void
get_pairs (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;
  g_autoptr (GArray) pairs = fram_broker_list_pairs (broker_of (session), session->id);

  if (pairs == NULL)
    {
      fail_gone (call);
      return;
    }
  fram_session_hint_answered (session);
  fram_call_return (
      call, g_variant_new ("(@a(uuusssssssbbbbtxuuuuuu))",
                           fram_rows_pairs (broker_of (session), session->id, pairs)));
}

/* --- Its life ---------------------------------------------------------------------- */

static void
close_session (FramCall *call, GVariant *arguments, gpointer object)
{
  FramBusSession *session = object;

  fram_call_return (call, NULL);
  fram_sessions_close (session->sessions, session, FRAM_CAUSE_CLOSED_BY_APPLICATION);
  kick (session);
}

static GVariant *
get_state (gpointer object)
{
  FramBusSession *session = object;
  FramSessionRow row = { .state = FRAM_STATE_CLOSED };

  fram_broker_get_session (broker_of (session), session->id, &row);
  return g_variant_new_string (fram_state_to_text (row.state));
}

static GVariant *
get_role (gpointer object)
{
  FramBusSession *session = object;
  FramSessionRow row = { .role = FRAM_ROLE_CONTROLLING };

  fram_broker_get_session (broker_of (session), session->id, &row);
  return g_variant_new_string (fram_role_to_text (row.role));
}

static GVariant *
get_label (gpointer object)
{
  const FramBusSession *session = object;

  return g_variant_new_string (session->label);
}

static const FramMethod methods[] = {
  { "GetLocalDescription", get_local_description },
  { "SetRemoteDescription", set_remote_description },
  { "AddRemoteCandidates", add_remote_candidates },
  { "EndRemoteCandidates", end_remote_candidates },
  { "Restart", restart },
  { "RemoveStream", remove_stream },
  { "SetDscp", set_dscp },
  { "OpenComponent", open_component },
  { "OpenDirect", open_direct },
  { "CloseDirect", close_direct },
  { "ShareCounters", share_counters },
  { "GetCandidates", get_candidates },
  { "GetPairs", get_pairs },
  { "GetStats", get_stats },
  { "GetStatsReport", get_stats_report },
  { "Close", close_session },
  { NULL, NULL },
};

static const FramProperty properties[] = {
  { "State", get_state, NULL },
  { "Role", get_role, NULL },
  { "Label", get_label, NULL },
  { NULL, NULL, NULL },
};

const FramInterfaceTable fram_session_table = {
  .info = &org_fram_ice1_session_interface,
  .methods = methods,
  .properties = properties,
  .access = is_owner,
};
