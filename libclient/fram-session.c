#include "fram-session.h"

#include "call.h"
#include "client-private.h"
#include "enum-words.h"
#include "fram-error.h"
#include "session-private.h"

/**
 * FramSession:
 *
 * A session with one peer, of one or more streams with one or more components each.
 *
 * It is made by [method@Client.create_session_async].  The application passes the local
 * description to the peer and gives the peer's to the session; data flow by the
 * components it opens.  [signal@Session::state-changed] tells how far it has come, and
 * why.
 *
 * The session ends with [method@Session.close_async], when the last reference to it is
 * given up, or when the service or the bus goes away; then [signal@Session::closed] is
 * the last signal, and calls fail with %FRAM_ERROR_CLOSED.
 */

G_DEFINE_FINAL_TYPE (FramSession, fram_session, G_TYPE_OBJECT)

enum
{
  LOCAL_CANDIDATE,
  GATHERING_DONE,
  STATE_CHANGED,
  COMPONENT_STATE_CHANGED,
  SELECTED_PAIR_CHANGED,
  RESTART_ADVISED,
  PAIRS_CHANGED,
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- What the service tells -------------------------------------------------------- */

void
fram_session_take_ufrag (FramSession *self, const char *ufrag)
{
  if (g_strcmp0 (self->ufrag, ufrag) == 0)
    return;
  g_free (self->ufrag);
  self->ufrag = g_strdup (ufrag);
  fram_session_notify (self, FRAM_SESSION_PROPERTY_UFRAG);
}

static void
set_state (FramSession *self, FramState state, const char *cause, const char *explanation,
           gint64 duration)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  self->state = state;
  g_free (self->cause);
  self->cause = g_strdup (cause);
  g_free (self->explanation);
  self->explanation = g_strdup (explanation);
  fram_session_notify (self, FRAM_SESSION_PROPERTY_STATE);
  fram_session_notify (self, FRAM_SESSION_PROPERTY_CAUSE);
  fram_session_notify (self, FRAM_SESSION_PROPERTY_EXPLANATION);
  g_object_thaw_notify (object);
  g_signal_emit (self, signals[STATE_CHANGED], 0, state, cause, explanation, duration);
}

/* Signal handlers may give up the last reference. */
static void
end (FramSession *self, const char *cause, const char *explanation)
{
  g_autoptr (FramSession) keep = g_object_ref (self);
  gint64 since = self->described;

  if (keep->ended)
    return;
  keep->ended = TRUE;
  if (keep->state != FRAM_STATE_CLOSED)
    set_state (keep, FRAM_STATE_CLOSED, cause, explanation,
               since != 0 ? g_get_monotonic_time () - since : 0);
  g_signal_emit (keep, signals[CLOSED], 0, cause, explanation);
}

static void
on_local_candidate (FramSession *self, const char *ufrag, guint stream, const char *line)
{
  fram_session_take_ufrag (self, ufrag);
  g_signal_emit (self, signals[LOCAL_CANDIDATE], 0, ufrag, stream, line);
}

static void
on_gathering_done (FramSession *self, const char *ufrag, guint64 duration)
{
  fram_session_take_ufrag (self, ufrag);
  g_signal_emit (self, signals[GATHERING_DONE], 0, ufrag, (gint64) duration);
}

static void
on_role (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FramSession) self = data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;
  FramRole role;

  if (reply == NULL) /* It has ended meanwhile; that is told elsewhere. */
    return;
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return;
  role = fram_enum_from_word (FRAM_TYPE_ROLE, g_variant_get_string (value, NULL),
                              self->role);
  if (role == self->role)
    return;
  self->role = role;
  fram_session_notify (self, FRAM_SESSION_PROPERTY_ROLE);
}

/* A role conflict (RFC 8445 §7.3.1.1) may change the role during the checks, and no
 * signal of its own tells it. */
static void
refresh_role (FramSession *self)
{
  GDBusProxy *proxy = G_DBUS_PROXY (self->proxy);

  g_dbus_connection_call (
      g_dbus_proxy_get_connection (proxy), self->owner,
      g_dbus_proxy_get_object_path (proxy), "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", FRAM_BUS_SESSION_INTERFACE, "Role"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_role, g_object_ref (self));
}

static void
on_state_changed (FramSession *self, const char *word, const char *cause,
                  const char *explanation, guint64 duration)
{
  FramState state = fram_enum_from_word (FRAM_TYPE_STATE, word, self->state);

  self->described = duration != 0 ? g_get_monotonic_time () - (gint64) duration : 0;
  if (state == FRAM_STATE_CONNECTED || state == FRAM_STATE_COMPLETED
      || state == FRAM_STATE_FAILED)
    refresh_role (self);
  set_state (self, state, cause, explanation, duration);
}

static void
on_component_state_changed (FramSession *self, guint stream, guint component,
                            const char *word, const char *cause, const char *explanation)
{
  g_signal_emit (self, signals[COMPONENT_STATE_CHANGED], 0, stream, component,
                 fram_enum_from_word (FRAM_TYPE_STATE, word, FRAM_STATE_NEW), cause,
                 explanation);
}

static void
on_selected_pair_changed (FramSession *self, guint stream, guint component,
                          const char *local, const char *remote)
{
  g_signal_emit (self, signals[SELECTED_PAIR_CHANGED], 0, stream, component, local,
                 remote);
}

static void
on_restart_advised (FramSession *self, const char *cause, const char *explanation)
{
  g_signal_emit (self, signals[RESTART_ADVISED], 0, cause, explanation);
}

static void
on_pairs_changed (FramSession *self)
{
  g_signal_emit (self, signals[PAIRS_CHANGED], 0);
}

static void
on_owner_changed (FramSession *self)
{
  g_autofree char *owner
      = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->client->manager));

  if (g_strcmp0 (owner, self->owner) != 0)
    end (self, "service-lost", "The Fram service ended.");
}

static void
on_bus_closed (FramSession *self)
{
  end (self, "service-lost", "The connection to the bus was lost.");
}

static void
listen (FramSession *self, gpointer source, const char *signal, GCallback handler)
{
  g_signal_connect_object (source, signal, handler, self, G_CONNECT_SWAPPED);
}

/* --- Beginning and end ------------------------------------------------------------- */

/* Signals come to the session's owner alone, so no match rule is needed to get them, and
 * to listen takes no message. */
static IceBusSession *
make_proxy (FramClient *client, const char *owner, const char *path)
{
  return ice_bus_session_proxy_new_sync (client->connection,
                                         G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES
                                             | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START
                                             | G_DBUS_PROXY_FLAGS_NO_MATCH_RULE,
                                         owner, path, NULL, NULL);
}

/* RFC 8445 §6.1.1, as the service applies it. */
static FramRole
first_role (FramSessionOptions *options)
{
  FramRole role = fram_session_options_get_role (options);

  if (role != FRAM_ROLE_AUTOMATIC)
    return role;
  return fram_session_options_get_remote (options) != NULL ? FRAM_ROLE_CONTROLLED
                                                           : FRAM_ROLE_CONTROLLING;
}

FramSession *
fram_session_new (FramClient *client, const char *owner, const char *path,
                  FramSessionOptions *options)
{
  FramSession *self = g_object_new (FRAM_TYPE_SESSION, NULL);

  self->client = g_object_ref (client);
  self->owner = g_strdup (owner);
  self->label = g_strdup (fram_session_options_get_label (options));
  self->role = first_role (options);
  self->proxy = make_proxy (client, owner, path);
  listen (self, self->proxy, "local-candidate", G_CALLBACK (on_local_candidate));
  listen (self, self->proxy, "gathering-done", G_CALLBACK (on_gathering_done));
  listen (self, self->proxy, "state-changed", G_CALLBACK (on_state_changed));
  listen (self, self->proxy, "component-state-changed",
          G_CALLBACK (on_component_state_changed));
  listen (self, self->proxy, "selected-pair-changed",
          G_CALLBACK (on_selected_pair_changed));
  listen (self, self->proxy, "restart-advised", G_CALLBACK (on_restart_advised));
  listen (self, self->proxy, "pairs-changed", G_CALLBACK (on_pairs_changed));
  listen (self, self->proxy, "closed", G_CALLBACK (end));
  listen (self, client->manager, "notify::g-name-owner", G_CALLBACK (on_owner_changed));
  listen (self, client->connection, "closed", G_CALLBACK (on_bus_closed));
  return self;
}

void
fram_session_abandon (FramSession *self)
{
  self->ended = TRUE;
}

gboolean
fram_session_check_open (FramSession *self, GError **error)
{
  if (!self->ended)
    return TRUE;
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_CLOSED, "The session has ended: %s",
               self->explanation);
  return FALSE;
}

void
fram_session_call_for (FramSession *self, const char *method, GVariant *arguments,
                       GTask *task)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_autoptr (GTask) refused = NULL;
  GError *error = NULL;

  if (fram_session_check_open (self, &error))
    {
      fram_call (G_DBUS_PROXY (self->proxy), method, owned, task);
      return;
    }
  refused = task;
  g_task_return_error (refused, error);
}

void
fram_session_call (FramSession *self, const char *method, GVariant *arguments,
                   gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  fram_session_call_for (self, method, arguments, task);
}

GVariant *
fram_session_call_sync (FramSession *self, const char *method, GVariant *arguments,
                        GUnixFDList **ret_descriptors, GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;

  if (!fram_session_check_open (self, error))
    return NULL;
  return fram_call_sync (G_DBUS_PROXY (self->proxy), method, owned, ret_descriptors,
                         cancellable, error);
}

/* Nobody waits for the answer: a session nobody refers to must not live on. */
static void
close_unheard (FramSession *self)
{
  GDBusProxy *proxy = G_DBUS_PROXY (self->proxy);

  self->ended = TRUE;
  g_dbus_connection_call (g_dbus_proxy_get_connection (proxy), self->owner,
                          g_dbus_proxy_get_object_path (proxy),
                          FRAM_BUS_SESSION_INTERFACE, "Close", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
fram_session_dispose (GObject *object)
{
  FramSession *self = FRAM_SESSION (object);

  if (!self->ended && self->proxy != NULL)
    close_unheard (self);
  G_OBJECT_CLASS (fram_session_parent_class)->dispose (object);
}

static void
fram_session_finalize (GObject *object)
{
  FramSession *self = FRAM_SESSION (object);

  g_clear_object (&self->proxy);
  g_clear_object (&self->client);
  g_free (self->owner);
  g_free (self->label);
  g_free (self->cause);
  g_free (self->explanation);
  g_free (self->ufrag);
  G_OBJECT_CLASS (fram_session_parent_class)->finalize (object);
}

/* --- The class --------------------------------------------------------------------- */

static guint
new_signal (const char *name, guint n_parameters, ...)
{
  va_list types;
  guint id;

  va_start (types, n_parameters);
  id = g_signal_new_valist (name, FRAM_TYPE_SESSION, G_SIGNAL_RUN_LAST, NULL, NULL, NULL,
                            NULL, G_TYPE_NONE, n_parameters, types);
  va_end (types);
  return id;
}

static void
install_signals (void)
{
  /**
   * FramSession::local-candidate:
   * @self: The session.
   * @ufrag: Its generation.
   * @stream: From 0.
   * @candidate: The line of RFC 8839 §5.1.
   *
   * A candidate was found.  Applications that trickle pass it on.
   */
  signals[LOCAL_CANDIDATE]
      = new_signal ("local-candidate", 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * FramSession::gathering-done:
   * @self: The session.
   * @ufrag: The generation.
   * @duration: Microseconds since gathering began.
   *
   * There will be no more candidates: the local description is complete.
   */
  signals[GATHERING_DONE] = new_signal ("gathering-done", 2, G_TYPE_STRING, G_TYPE_INT64);
  /**
   * FramSession::state-changed:
   * @self: The session.
   * @state: The new state.
   * @cause: Its cause as a word for programs.
   * @explanation: Its cause as a sentence for people.
   * @duration: Microseconds since the remote description was set; 0 before that.
   *
   * The state of the session has changed.
   */
  signals[STATE_CHANGED] = new_signal ("state-changed", 4, FRAM_TYPE_STATE, G_TYPE_STRING,
                                       G_TYPE_STRING, G_TYPE_INT64);
  /**
   * FramSession::component-state-changed:
   * @self: The session.
   * @stream: From 0.
   * @component: From 1.
   * @state: The new state.
   * @cause: Its cause as a word for programs.
   * @explanation: Its cause as a sentence for people.
   *
   * The state of one component has changed.
   */
  signals[COMPONENT_STATE_CHANGED]
      = new_signal ("component-state-changed", 5, G_TYPE_UINT, G_TYPE_UINT,
                    FRAM_TYPE_STATE, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * FramSession::selected-pair-changed:
   * @self: The session.
   * @stream: From 0.
   * @component: From 1.
   * @local: Address, type and transport, as `192.0.2.1:9 host udp`.
   * @remote: The same of the peer.
   *
   * The data of a component take another path.
   */
  signals[SELECTED_PAIR_CHANGED] = new_signal ("selected-pair-changed", 4, G_TYPE_UINT,
                                               G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * FramSession::restart-advised:
   * @self: The session.
   * @cause: A word for programs: `no-pair-left`, `new-addresses`, `consent-expiring` or
   *   `consent-expired`.
   * @explanation: A sentence for people.
   *
   * [method@Session.restart_async] would help: the path was lost, and with the candidates
   * and credentials of both sides no other one is found.  Nothing is restarted by itself.
   */
  signals[RESTART_ADVISED]
      = new_signal ("restart-advised", 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * FramSession::pairs-changed:
   * @self: The session.
   *
   * A hint, at most ten times a second: [method@Session.get_pairs_async] would give
   * something new.
   */
  signals[PAIRS_CHANGED] = new_signal ("pairs-changed", 0);
  /**
   * FramSession::closed:
   * @self: The session.
   * @cause: A word for programs; `service-lost` if the service is gone.
   * @explanation: A sentence for people.
   *
   * The session has ended.  This is its last signal.
   */
  signals[CLOSED] = new_signal ("closed", 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
fram_session_class_init (FramSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fram_session_dispose;
  object_class->finalize = fram_session_finalize;
  fram_session_install_properties (object_class);
  install_signals ();
}

static void
fram_session_init (FramSession *self)
{
  self->state = FRAM_STATE_NEW;
  self->cause = g_strdup ("created");
  self->explanation = g_strdup ("The session was created.");
}
