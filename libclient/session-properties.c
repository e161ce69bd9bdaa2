/* What a session shows of itself: its properties. */
#include "session-private.h"

static GParamSpec *properties[FRAM_SESSION_N_PROPERTIES];

void
fram_session_notify (FramSession *self, FramSessionProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
fram_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramSession *self = FRAM_SESSION (object);

  switch (id)
    {
    case FRAM_SESSION_PROPERTY_PATH:
      g_value_set_string (value, fram_session_get_path (self));
      break;
    case FRAM_SESSION_PROPERTY_LABEL:
      g_value_set_string (value, self->label);
      break;
    case FRAM_SESSION_PROPERTY_STATE:
      g_value_set_enum (value, self->state);
      break;
    case FRAM_SESSION_PROPERTY_CAUSE:
      g_value_set_string (value, self->cause);
      break;
    case FRAM_SESSION_PROPERTY_EXPLANATION:
      g_value_set_string (value, self->explanation);
      break;
    case FRAM_SESSION_PROPERTY_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case FRAM_SESSION_PROPERTY_UFRAG:
      g_value_set_string (value, self->ufrag);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
fram_session_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * FramSession:path: (getter get_path)
   *
   * The object path of the session.
   */
  properties[FRAM_SESSION_PROPERTY_PATH]
      = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  /**
   * FramSession:label: (getter get_label)
   *
   * What the session is for, as given at its creation.
   */
  properties[FRAM_SESSION_PROPERTY_LABEL]
      = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  /**
   * FramSession:state: (getter get_state)
   *
   * The state of the session.
   */
  properties[FRAM_SESSION_PROPERTY_STATE]
      = g_param_spec_enum ("state", NULL, NULL, FRAM_TYPE_STATE, FRAM_STATE_NEW, flags);
  /**
   * FramSession:cause: (getter get_cause)
   *
   * Why the session is in its state, as a word for programs.
   */
  properties[FRAM_SESSION_PROPERTY_CAUSE]
      = g_param_spec_string ("cause", NULL, NULL, "created", flags);
  /**
   * FramSession:explanation: (getter get_explanation)
   *
   * Why the session is in its state, as a sentence for people.
   */
  properties[FRAM_SESSION_PROPERTY_EXPLANATION]
      = g_param_spec_string ("explanation", NULL, NULL, NULL, flags);
  /**
   * FramSession:role: (getter get_role)
   *
   * Who decides which pair is used.  A role conflict may change it while the session is
   * checking.
   */
  properties[FRAM_SESSION_PROPERTY_ROLE] = g_param_spec_enum (
      "role", NULL, NULL, FRAM_TYPE_ROLE, FRAM_ROLE_AUTOMATIC, flags);
  /**
   * FramSession:ufrag: (getter get_ufrag)
   *
   * The local user name fragment of the present generation, %NULL until it is known.
   */
  properties[FRAM_SESSION_PROPERTY_UFRAG]
      = g_param_spec_string ("ufrag", NULL, NULL, NULL, flags);
  object_class->get_property = fram_session_get_property;
  g_object_class_install_properties (object_class, FRAM_SESSION_N_PROPERTIES, properties);
}

/**
 * fram_session_get_path:
 * @self: A session.
 *
 * Gives the object path of the session.
 *
 * Returns: (transfer none): The path.
 */
const char *
fram_session_get_path (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  return g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->proxy));
}

/**
 * fram_session_get_label:
 * @self: A session.
 *
 * Gives what the session is for, as given at its creation.
 *
 * Returns: (nullable) (transfer none): The label.
 */
const char *
fram_session_get_label (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  return self->label;
}

/**
 * fram_session_get_state:
 * @self: A session.
 *
 * Gives the state of the session.
 *
 * Returns: The state.
 */
FramState
fram_session_get_state (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), FRAM_STATE_CLOSED);

  return self->state;
}

/**
 * fram_session_get_cause:
 * @self: A session.
 *
 * Tells why the session is in its state, as a word for programs.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_session_get_cause (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  return self->cause;
}

/**
 * fram_session_get_explanation:
 * @self: A session.
 *
 * Tells why the session is in its state, as a sentence for people.
 *
 * Returns: (transfer none): The sentence.
 */
const char *
fram_session_get_explanation (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  return self->explanation;
}

/**
 * fram_session_get_role:
 * @self: A session.
 *
 * Tells who decides which pair is used.
 *
 * Returns: The role.
 */
FramRole
fram_session_get_role (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), FRAM_ROLE_AUTOMATIC);

  return self->role;
}

/**
 * fram_session_get_ufrag:
 * @self: A session.
 *
 * Gives the local user name fragment of the present generation.
 *
 * Returns: (nullable) (transfer none): The fragment; %NULL until it is known.
 */
const char *
fram_session_get_ufrag (FramSession *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  return self->ufrag;
}
