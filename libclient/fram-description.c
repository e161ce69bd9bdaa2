#include "fram-description.h"
#include "description-variant.h"

/**
 * FramDescription:
 *
 * What one side of a session tells the other: who it is and how it can be reached.
 *
 * The local one is given by [method@Session.get_local_description_async]; how it travels
 * to the peer is the application's affair.  The peer's is built from what it sent and
 * given to [method@Session.set_remote_description_async], or to
 * [method@SessionOptions.set_remote] by the side that answers.
 */
struct _FramDescription
{
  GObject parent_instance;

  char *ufrag;
  char *pwd;
  GStrv options;
  guint pacing;
  gboolean complete;
  GPtrArray *lines;
  GArray *streams; /* guint: the stream of the line of the same index */
};

G_DEFINE_FINAL_TYPE (FramDescription, fram_description, G_TYPE_OBJECT)

enum
{
  PROP_UFRAG = 1,
  PROP_PWD,
  PROP_OPTIONS,
  PROP_PACING,
  PROP_COMPLETE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fram_description_get_property (GObject *object, guint id, GValue *value,
                               GParamSpec *pspec)
{
  FramDescription *self = FRAM_DESCRIPTION (object);

  switch (id)
    {
    case PROP_UFRAG:
      g_value_set_string (value, self->ufrag);
      break;
    case PROP_PWD:
      g_value_set_string (value, self->pwd);
      break;
    case PROP_OPTIONS:
      g_value_set_boxed (value, self->options);
      break;
    case PROP_PACING:
      g_value_set_uint (value, self->pacing);
      break;
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->complete);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_description_set_property (GObject *object, guint id, const GValue *value,
                               GParamSpec *pspec)
{
  FramDescription *self = FRAM_DESCRIPTION (object);

  switch (id)
    {
    case PROP_UFRAG:
      self->ufrag = g_value_dup_string (value);
      break;
    case PROP_PWD:
      self->pwd = g_value_dup_string (value);
      break;
    case PROP_OPTIONS:
      fram_description_set_options (self, g_value_get_boxed (value));
      break;
    case PROP_PACING:
      fram_description_set_pacing (self, g_value_get_uint (value));
      break;
    case PROP_COMPLETE:
      fram_description_set_complete (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_description_finalize (GObject *object)
{
  FramDescription *self = FRAM_DESCRIPTION (object);

  g_free (self->ufrag);
  g_free (self->pwd);
  g_strfreev (self->options);
  g_ptr_array_unref (self->lines);
  g_array_unref (self->streams);
  G_OBJECT_CLASS (fram_description_parent_class)->finalize (object);
}

static void
fram_description_class_init (FramDescriptionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fixed
      = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags changing
      = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_description_get_property;
  object_class->set_property = fram_description_set_property;
  object_class->finalize = fram_description_finalize;

  /**
   * FramDescription:ufrag: (getter get_ufrag)
   *
   * The user name fragment (RFC 8839 §5.4).
   */
  properties[PROP_UFRAG] = g_param_spec_string ("ufrag", NULL, NULL, "", fixed);
  /**
   * FramDescription:pwd: (getter get_pwd)
   *
   * The password of the checks (RFC 8839 §5.4).
   */
  properties[PROP_PWD] = g_param_spec_string ("pwd", NULL, NULL, "", fixed);
  /**
   * FramDescription:options: (getter get_options) (setter set_options)
   *
   * The words of ice-options (RFC 8839 §5.6), and `ice-lite` if this side is lite.
   */
  properties[PROP_OPTIONS]
      = g_param_spec_boxed ("options", NULL, NULL, G_TYPE_STRV, changing);
  /**
   * FramDescription:pacing: (getter get_pacing) (setter set_pacing)
   *
   * The time between checks in milliseconds (RFC 8839 §5.5); 0 if none is named.
   */
  properties[PROP_PACING]
      = g_param_spec_uint ("pacing", NULL, NULL, 0, G_MAXUINT, 0, changing);
  /**
   * FramDescription:complete: (getter get_complete) (setter set_complete)
   *
   * Whether there will be no more candidates than those in the description.
   */
  properties[PROP_COMPLETE]
      = g_param_spec_boolean ("complete", NULL, NULL, TRUE, changing);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_description_init (FramDescription *self)
{
  self->options = g_new0 (char *, 1);
  self->complete = TRUE;
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->streams = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * fram_description_new:
 * @ufrag: The user name fragment.
 * @pwd: The password.
 *
 * Makes a description without candidates, to be filled with what the peer sent.
 *
 * Returns: (transfer full): The description.
 */
FramDescription *
fram_description_new (const char *ufrag, const char *pwd)
{
  g_return_val_if_fail (ufrag != NULL, NULL);
  g_return_val_if_fail (pwd != NULL, NULL);

  return g_object_new (FRAM_TYPE_DESCRIPTION, "ufrag", ufrag, "pwd", pwd, NULL);
}

/**
 * fram_description_get_ufrag:
 * @self: A description.
 *
 * Gives the user name fragment.
 *
 * Returns: (transfer none): The user name fragment.
 */
const char *
fram_description_get_ufrag (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), NULL);

  return self->ufrag;
}

/**
 * fram_description_get_pwd:
 * @self: A description.
 *
 * Gives the password.
 *
 * Returns: (transfer none): The password.
 */
const char *
fram_description_get_pwd (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), NULL);

  return self->pwd;
}

/**
 * fram_description_get_options:
 * @self: A description.
 *
 * Gives the ICE options.
 *
 * Returns: (transfer none) (array zero-terminated=1): The words.
 */
const char *const *
fram_description_get_options (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), NULL);

  return (const char *const *) self->options;
}

/**
 * fram_description_set_options:
 * @self: A description.
 * @options: (nullable) (array zero-terminated=1): The words.
 *
 * Sets the ICE options; `ice-lite` among them says that this side is lite.
 */
void
fram_description_set_options (FramDescription *self, const char *const *options)
{
  GStrv copy;

  g_return_if_fail (FRAM_IS_DESCRIPTION (self));

  copy = options != NULL ? g_strdupv ((char **) options) : g_new0 (char *, 1);
  g_strfreev (self->options);
  self->options = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPTIONS]);
}

/**
 * fram_description_get_pacing:
 * @self: A description.
 *
 * Gives the time between checks.
 *
 * Returns: Milliseconds; 0 if none is named.
 */
guint
fram_description_get_pacing (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), 0);

  return self->pacing;
}

/**
 * fram_description_set_pacing:
 * @self: A description.
 * @pacing: Milliseconds; 0 if the peer named none.
 *
 * Sets the time between checks.
 */
void
fram_description_set_pacing (FramDescription *self, guint pacing)
{
  g_return_if_fail (FRAM_IS_DESCRIPTION (self));

  if (self->pacing == pacing)
    return;
  self->pacing = pacing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PACING]);
}

/**
 * fram_description_get_complete:
 * @self: A description.
 *
 * Tells whether all candidates are in the description.
 *
 * Returns: Whether there will be no more candidates.
 */
gboolean
fram_description_get_complete (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), FALSE);

  return self->complete;
}

/**
 * fram_description_set_complete:
 * @self: A description.
 * @complete: Whether there will be no more candidates.
 *
 * Says whether all candidates are in the description; a new one is complete.
 */
void
fram_description_set_complete (FramDescription *self, gboolean complete)
{
  g_return_if_fail (FRAM_IS_DESCRIPTION (self));

  complete = !!complete;
  if (self->complete == complete)
    return;
  self->complete = complete;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

/**
 * fram_description_add_candidate:
 * @self: A description.
 * @stream: The stream it belongs to, from 0.
 * @line: The candidate, as `candidate:1 1 UDP 2130706431 192.0.2.1 9000 typ host`
 *   (RFC 8839 §5.1).
 *
 * Adds a candidate.  Whether the line is right is for the service to say.
 */
void
fram_description_add_candidate (FramDescription *self, guint stream, const char *line)
{
  g_return_if_fail (FRAM_IS_DESCRIPTION (self));
  g_return_if_fail (line != NULL);

  g_ptr_array_add (self->lines, g_strdup (line));
  g_array_append_val (self->streams, stream);
}

/**
 * fram_description_get_n_candidates:
 * @self: A description.
 *
 * Counts the candidates of all streams.
 *
 * Returns: How many candidates there are.
 */
guint
fram_description_get_n_candidates (FramDescription *self)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), 0);

  return self->lines->len;
}

/**
 * fram_description_get_candidate:
 * @self: A description.
 * @index: From 0.
 * @stream: (out) (optional): Where to put its stream.
 *
 * Gives one candidate.
 *
 * Returns: (transfer none): Its line.
 */
const char *
fram_description_get_candidate (FramDescription *self, guint index, guint *stream)
{
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), NULL);
  g_return_val_if_fail (index < self->lines->len, NULL);

  if (stream != NULL)
    *stream = g_array_index (self->streams, guint, index);
  return g_ptr_array_index (self->lines, index);
}

/**
 * fram_description_list_candidates:
 * @self: A description.
 * @stream: From 0.
 *
 * Gives the candidates of one stream.
 *
 * Returns: (transfer full) (array zero-terminated=1): Their lines.
 */
char **
fram_description_list_candidates (FramDescription *self, guint stream)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  g_return_val_if_fail (FRAM_IS_DESCRIPTION (self), NULL);

  for (guint i = 0; i < self->lines->len; i++)
    if (g_array_index (self->streams, guint, i) == stream)
      g_strv_builder_add (list, g_ptr_array_index (self->lines, i));
  return g_strv_builder_end (list);
}
