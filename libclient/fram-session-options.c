#include "fram-session-options.h"

#include "session-options-private.h"

/**
 * FramSessionOptions:
 *
 * What an application wants of a session it creates with
 * [method@Client.create_session_async].
 *
 * All is optional.  New options ask for one stream of one component, every way, and
 * candidates that are given to the peer in one piece.
 */

G_DEFINE_FINAL_TYPE (FramSessionOptions, fram_session_options, G_TYPE_OBJECT)

enum
{
  PROP_LABEL = 1,
  PROP_ROLE,
  PROP_POLICY,
  PROP_TRICKLE,
  PROP_TCP,
  PROP_LITE,
  PROP_PACING,
  PROP_MAX_PAIRS,
  PROP_DSCP,
  PROP_REMOTE,
  PROP_SETTINGS_SERVERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fram_session_options_get_property (GObject *object, guint id, GValue *value,
                                   GParamSpec *pspec)
{
  FramSessionOptions *self = FRAM_SESSION_OPTIONS (object);

  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_POLICY:
      g_value_set_enum (value, self->policy);
      break;
    case PROP_TRICKLE:
      g_value_set_boolean (value, self->trickle);
      break;
    case PROP_TCP:
      g_value_set_boolean (value, self->tcp);
      break;
    case PROP_LITE:
      g_value_set_boolean (value, self->lite);
      break;
    case PROP_PACING:
      g_value_set_uint (value, self->pacing);
      break;
    case PROP_MAX_PAIRS:
      g_value_set_uint (value, self->max_pairs);
      break;
    case PROP_DSCP:
      g_value_set_uint (value, self->dscp);
      break;
    case PROP_REMOTE:
      g_value_set_object (value, self->remote);
      break;
    case PROP_SETTINGS_SERVERS:
      g_value_set_boolean (value, self->settings_servers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_session_options_set_property (GObject *object, guint id, const GValue *value,
                                   GParamSpec *pspec)
{
  FramSessionOptions *self = FRAM_SESSION_OPTIONS (object);

  switch (id)
    {
    case PROP_LABEL:
      fram_session_options_set_label (self, g_value_get_string (value));
      break;
    case PROP_ROLE:
      fram_session_options_set_role (self, g_value_get_enum (value));
      break;
    case PROP_POLICY:
      fram_session_options_set_policy (self, g_value_get_enum (value));
      break;
    case PROP_TRICKLE:
      fram_session_options_set_trickle (self, g_value_get_boolean (value));
      break;
    case PROP_TCP:
      fram_session_options_set_tcp (self, g_value_get_boolean (value));
      break;
    case PROP_LITE:
      fram_session_options_set_lite (self, g_value_get_boolean (value));
      break;
    case PROP_PACING:
      fram_session_options_set_pacing (self, g_value_get_uint (value));
      break;
    case PROP_MAX_PAIRS:
      fram_session_options_set_max_pairs (self, g_value_get_uint (value));
      break;
    case PROP_DSCP:
      fram_session_options_set_dscp (self, g_value_get_uint (value));
      break;
    case PROP_REMOTE:
      fram_session_options_set_remote (self, g_value_get_object (value));
      break;
    case PROP_SETTINGS_SERVERS:
      fram_session_options_set_settings_servers (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_session_options_finalize (GObject *object)
{
  FramSessionOptions *self = FRAM_SESSION_OPTIONS (object);

  g_free (self->label);
  g_clear_object (&self->remote);
  g_array_unref (self->components);
  g_ptr_array_unref (self->servers);
  G_OBJECT_CLASS (fram_session_options_parent_class)->finalize (object);
}

static void
fram_session_options_class_init (FramSessionOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags
      = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_session_options_get_property;
  object_class->set_property = fram_session_options_set_property;
  object_class->finalize = fram_session_options_finalize;

  /**
   * FramSessionOptions:label: (getter get_label) (setter set_label)
   *
   * What the session is for, shown to people; up to 128 bytes.
   */
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  /**
   * FramSessionOptions:role: (getter get_role) (setter set_role)
   *
   * Who decides which pair is used.
   */
  properties[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, FRAM_TYPE_ROLE,
                                             FRAM_ROLE_AUTOMATIC, flags);
  /**
   * FramSessionOptions:policy: (getter get_policy) (setter set_policy)
   *
   * Which candidates may be used.
   */
  properties[PROP_POLICY] = g_param_spec_enum ("policy", NULL, NULL, FRAM_TYPE_POLICY,
                                               FRAM_POLICY_ALL, flags);
  /**
   * FramSessionOptions:trickle: (getter get_trickle) (setter set_trickle)
   *
   * Whether the application passes on candidates that are found later (RFC 8838).
   */
  properties[PROP_TRICKLE] = g_param_spec_boolean ("trickle", NULL, NULL, FALSE, flags);
  /**
   * FramSessionOptions:tcp: (getter get_tcp) (setter set_tcp)
   *
   * Whether the session has TCP candidates, too, for networks where UDP does not get through
   * (RFC 6544).  It has, if nothing else is said.
   */
  properties[PROP_TCP] = g_param_spec_boolean ("tcp", NULL, NULL, TRUE, flags);
  /**
   * FramSessionOptions:lite: (getter get_lite) (setter set_lite)
   *
   * Whether this side only answers (RFC 8445 §2.5): for a server that everybody reaches at its
   * own addresses.
   */
  properties[PROP_LITE] = g_param_spec_boolean ("lite", NULL, NULL, FALSE, flags);
  /**
   * FramSessionOptions:pacing: (getter get_pacing) (setter set_pacing)
   *
   * The time between checks to propose, in milliseconds from 5 to 1000; 0: the service's.
   */
  properties[PROP_PACING]
      = g_param_spec_uint ("pacing", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * FramSessionOptions:max-pairs: (getter get_max_pairs) (setter set_max_pairs)
   *
   * How many candidate pairs there are at most, of all streams together, from 1 to 100
   * (RFC 8445 §6.1.2.5); 0: the service's limit.
   */
  properties[PROP_MAX_PAIRS]
      = g_param_spec_uint ("max-pairs", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * FramSessionOptions:dscp: (getter get_dscp) (setter set_dscp)
   *
   * The code point of differentiated services of all components (RFC 2474), from 0 to 63; 0:
   * none.
   */
  properties[PROP_DSCP] = g_param_spec_uint ("dscp", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * FramSessionOptions:remote: (getter get_remote) (setter set_remote)
   *
   * The offer that is answered, if there is one.
   */
  properties[PROP_REMOTE]
      = g_param_spec_object ("remote", NULL, NULL, FRAM_TYPE_DESCRIPTION, flags);
  /**
   * FramSessionOptions:settings-servers: (getter get_settings_servers) (setter set_settings_servers)
   *
   * Whether the servers of the settings are used too, besides those that were added here.
   */
  properties[PROP_SETTINGS_SERVERS]
      = g_param_spec_boolean ("settings-servers", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_session_options_init (FramSessionOptions *self)
{
  self->components = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->servers = g_ptr_array_new_with_free_func (fram_session_server_free);
  self->tcp = TRUE;
  self->settings_servers = TRUE;
}

/**
 * fram_session_options_new:
 *
 * Makes options in which nothing is set.
 *
 * Returns: (transfer full): The options.
 */
FramSessionOptions *
fram_session_options_new (void)
{
  return g_object_new (FRAM_TYPE_SESSION_OPTIONS, NULL);
}

/**
 * fram_session_options_get_label:
 * @self: Options.
 *
 * Gives the label.
 *
 * Returns: (nullable) (transfer none): What the session is for.
 */
const char *
fram_session_options_get_label (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), NULL);

  return self->label;
}

/**
 * fram_session_options_set_label:
 * @self: Options.
 * @label: (nullable): What the session is for, shown to people; up to 128 bytes.
 *
 * Sets the label.
 */
void
fram_session_options_set_label (FramSessionOptions *self, const char *label)
{
  char *copy;

  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  copy = g_strdup (label);
  g_free (self->label);
  self->label = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}

/**
 * fram_session_options_get_role:
 * @self: Options.
 *
 * Gives the role.
 *
 * Returns: The role.
 */
FramRole
fram_session_options_get_role (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), FRAM_ROLE_AUTOMATIC);

  return self->role;
}

/**
 * fram_session_options_set_role:
 * @self: Options.
 * @role: The role.
 *
 * Sets the role.
 */
void
fram_session_options_set_role (FramSessionOptions *self, FramRole role)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->role = role;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
}

/**
 * fram_session_options_get_policy:
 * @self: Options.
 *
 * Gives the policy.
 *
 * Returns: The policy.
 */
FramPolicy
fram_session_options_get_policy (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), FRAM_POLICY_ALL);

  return self->policy;
}

/**
 * fram_session_options_set_policy:
 * @self: Options.
 * @policy: The policy.
 *
 * Sets which candidates may be used.
 */
void
fram_session_options_set_policy (FramSessionOptions *self, FramPolicy policy)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->policy = policy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POLICY]);
}

/**
 * fram_session_options_get_trickle:
 * @self: Options.
 *
 * Tells whether candidates are passed on as they are found.
 *
 * Returns: Whether the application trickles.
 */
gboolean
fram_session_options_get_trickle (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), FALSE);

  return self->trickle;
}

/**
 * fram_session_options_set_trickle:
 * @self: Options.
 * @trickle: Whether the application trickles.
 *
 * Says whether candidates are passed on as they are found.
 */
void
fram_session_options_set_trickle (FramSessionOptions *self, gboolean trickle)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->trickle = !!trickle;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRICKLE]);
}

/**
 * fram_session_options_get_tcp:
 * @self: Options.
 *
 * Tells whether there are TCP candidates, too.
 *
 * Returns: Whether there are.
 */
gboolean
fram_session_options_get_tcp (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), FALSE);

  return self->tcp;
}

/**
 * fram_session_options_set_tcp:
 * @self: Options.
 * @tcp: Whether there are TCP candidates, too.
 *
 * Says whether the session has TCP candidates, which are of use where UDP does not get
 * through.
 */
void
fram_session_options_set_tcp (FramSessionOptions *self, gboolean tcp)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->tcp = !!tcp;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TCP]);
}

/**
 * fram_session_options_get_lite:
 * @self: Options.
 *
 * Tells whether this side only answers.
 *
 * Returns: Whether it is a lite agent.
 */
gboolean
fram_session_options_get_lite (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), FALSE);

  return self->lite;
}

/**
 * fram_session_options_set_lite:
 * @self: Options.
 * @lite: Whether this side only answers.
 *
 * Makes this side a lite agent (RFC 8445 §2.5), for a server that everybody reaches at its own
 * addresses: it sends no checks and asks no servers, and the peer controls.  Its description
 * says so by the option `ice-lite`.
 */
void
fram_session_options_set_lite (FramSessionOptions *self, gboolean lite)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->lite = lite;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LITE]);
}

/**
 * fram_session_options_get_pacing:
 * @self: Options.
 *
 * Gives the time between checks to propose.
 *
 * Returns: Milliseconds; 0: the service's own proposal.
 */
guint
fram_session_options_get_pacing (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), 0);

  return self->pacing;
}

/**
 * fram_session_options_set_pacing:
 * @self: Options.
 * @pacing: Milliseconds from 5 to 1000; 0: the service's own proposal.
 *
 * Sets the time between checks to propose.
 */
void
fram_session_options_set_pacing (FramSessionOptions *self, guint pacing)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->pacing = pacing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PACING]);
}

/**
 * fram_session_options_get_max_pairs:
 * @self: Options.
 *
 * Gives the limit of candidate pairs.
 *
 * Returns: How many; 0: the service's limit.
 */
guint
fram_session_options_get_max_pairs (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), 0);

  return self->max_pairs;
}

/**
 * fram_session_options_set_max_pairs:
 * @self: Options.
 * @max_pairs: 1 to 100; 0: the service's limit, which is 100.
 *
 * Sets how many candidate pairs there are at most, for who knows how many can be plausible.
 * What is wrong here is refused when the session is created.
 */
void
fram_session_options_set_max_pairs (FramSessionOptions *self, guint max_pairs)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->max_pairs = max_pairs;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_PAIRS]);
}

/**
 * fram_session_options_get_dscp:
 * @self: Options.
 *
 * Gives the mark of what is sent.
 *
 * Returns: The code point; 0: none.
 */
guint
fram_session_options_get_dscp (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), 0);

  return self->dscp;
}

/**
 * fram_session_options_set_dscp:
 * @self: Options.
 * @dscp: The code point, 0 to 63; 0: none.
 *
 * Marks what all components send, from the first check on (RFC 2474, RFC 8445 §7.2.3).  For
 * a single component there is [method@Session.set_dscp_async].
 */
void
fram_session_options_set_dscp (FramSessionOptions *self, guint dscp)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->dscp = dscp;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DSCP]);
}

/**
 * fram_session_options_get_remote:
 * @self: Options.
 *
 * Gives the offer that is answered.
 *
 * Returns: (nullable) (transfer none): The peer's description.
 */
FramDescription *
fram_session_options_get_remote (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), NULL);

  return self->remote;
}

/**
 * fram_session_options_set_remote:
 * @self: Options.
 * @remote: (nullable): The peer's description.
 *
 * Says which offer is answered.  A session that knows its peer from the start becomes the
 * controlled side, and can share more with other sessions to the same host.
 */
void
fram_session_options_set_remote (FramSessionOptions *self, FramDescription *remote)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  if (g_set_object (&self->remote, remote))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMOTE]);
}
