#include "fram-inspector.h"

#include "fram-error.h"
#include "inspector-private.h"

#define REPLY_TYPE                                                                       \
  "(tba(tuussstbttttt)a(txsuusss)a(tuubssssssux)a(tuuttsssssssbbbbbtxxuuuuuutt)"         \
  "atatat)"

/**
 * FramSessionWatch:
 *
 * One session in detail, kept up to date while this object is there.
 *
 * When the session ends, what it shows stays as it was last.
 */

struct _FramSessionWatch
{
  GObject parent_instance;

  FramInspector *inspector;
  guint64 session, known;
  FramSessionRow *row; /* NULL: not known yet */
  FramTable *components, *changes, *candidates, *pairs;
  gboolean loaded, ended, pulling, pull_again;
};

enum
{
  PROP_SESSION = 1,
  PROP_ROW,
  PROP_LOADED,
  PROP_ENDED,
  PROP_COMPONENTS,
  PROP_CHANGES,
  PROP_CANDIDATES,
  PROP_PAIRS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FramSessionWatch, fram_session_watch, G_TYPE_OBJECT)

/* --- Pulling ----------------------------------------------------------------------- */

static void
notify (FramSessionWatch *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
fram_session_watch_find_row (FramSessionWatch *self)
{
  FramRow *row = self->ended
                     ? NULL
                     : fram_table_find_id (self->inspector->sessions, self->session);

  if (row == NULL || self->row != NULL)
    return;
  self->row = FRAM_SESSION_ROW (g_object_ref (row));
  notify (self, PROP_ROW);
}

void
fram_session_watch_end (FramSessionWatch *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  notify (self, PROP_ENDED);
}

static void
take (FramSessionWatch *self, GVariant *reply)
{
  FramTable *const tables[]
      = { self->components, self->changes, self->candidates, self->pairs };
  gboolean complete;

  g_variant_get_child (reply, 0, "t", &self->known);
  g_variant_get_child (reply, 1, "b", &complete);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 2 + i);

      fram_table_update (tables[i], rows, complete);
    }
  /* Components do not go. */
  for (guint i = 1; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GVariant) removed = g_variant_get_child_value (reply, 5 + i);

      fram_table_remove (tables[i], removed);
    }
  if (self->loaded)
    return;
  self->loaded = TRUE;
  notify (self, PROP_LOADED);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramSessionWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, &error);

  self->pulling = FALSE;
  if (reply != NULL && !self->ended)
    take (self, reply);
  else if (g_error_matches (error, FRAM_ERROR, FRAM_ERROR_NO_SESSION))
    fram_session_watch_end (self);
  if (self->pull_again && reply != NULL)
    fram_session_watch_pull (self);
}

void
fram_session_watch_pull (FramSessionWatch *self)
{
  self->pull_again = self->pulling;
  if (self->pulling || self->ended || self->inspector->cancellable == NULL)
    return;
  self->pulling = TRUE;
  fram_inspector_call (self->inspector, "GetSession",
                       g_variant_new ("(tt)", self->session, self->known), REPLY_TYPE,
                       self->inspector->cancellable, on_session, g_object_ref (self));
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_session_watch_get_property (GObject *object, guint id, GValue *value,
                                 GParamSpec *pspec)
{
  FramSessionWatch *self = FRAM_SESSION_WATCH (object);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_uint64 (value, self->session);
      break;
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_ENDED:
      g_value_set_boolean (value, self->ended);
      break;
    case PROP_COMPONENTS:
      g_value_set_object (value, self->components);
      break;
    case PROP_CHANGES:
      g_value_set_object (value, self->changes);
      break;
    case PROP_CANDIDATES:
      g_value_set_object (value, self->candidates);
      break;
    case PROP_PAIRS:
      g_value_set_object (value, self->pairs);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_session_watch_finalize (GObject *object)
{
  FramSessionWatch *self = FRAM_SESSION_WATCH (object);

  g_ptr_array_remove (self->inspector->session_watches, self);
  g_clear_object (&self->inspector);
  g_clear_object (&self->row);
  g_clear_object (&self->components);
  g_clear_object (&self->changes);
  g_clear_object (&self->candidates);
  g_clear_object (&self->pairs);
  G_OBJECT_CLASS (fram_session_watch_parent_class)->finalize (object);
}

static void
fram_session_watch_class_init (FramSessionWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_session_watch_get_property;
  object_class->finalize = fram_session_watch_finalize;

  /**
   * FramSessionWatch:session: (getter get_session)
   *
   * The `id` of the session.
   */
  properties[PROP_SESSION]
      = g_param_spec_uint64 ("session", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FramSessionWatch:row: (getter get_row)
   *
   * Its row in [property@Inspector:sessions]; %NULL until it is known.
   */
  properties[PROP_ROW]
      = g_param_spec_object ("row", NULL, NULL, FRAM_TYPE_SESSION_ROW, readable);
  /**
   * FramSessionWatch:loaded: (getter get_loaded)
   *
   * Whether the lists are filled.
   */
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, readable);
  /**
   * FramSessionWatch:ended: (getter get_ended)
   *
   * Whether the session has ended.
   */
  properties[PROP_ENDED] = g_param_spec_boolean ("ended", NULL, NULL, FALSE, readable);
  /**
   * FramSessionWatch:components: (getter get_components)
   *
   * Its components: [class@ComponentRow].
   */
  properties[PROP_COMPONENTS]
      = g_param_spec_object ("components", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  /**
   * FramSessionWatch:changes: (getter get_changes)
   *
   * What it went through, the oldest first: [class@ChangeRow].
   */
  properties[PROP_CHANGES]
      = g_param_spec_object ("changes", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  /**
   * FramSessionWatch:candidates: (getter get_candidates)
   *
   * The candidates of both sides: [class@CandidateRow].
   */
  properties[PROP_CANDIDATES]
      = g_param_spec_object ("candidates", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  /**
   * FramSessionWatch:pairs: (getter get_pairs)
   *
   * Its candidate pairs: [class@PairRow].
   */
  properties[PROP_PAIRS]
      = g_param_spec_object ("pairs", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_session_watch_init (FramSessionWatch *self)
{
  self->components = fram_table_new (FRAM_TYPE_COMPONENT_ROW, fram_table_key_id);
  self->changes = fram_table_new (FRAM_TYPE_CHANGE_ROW, fram_table_key_id);
  self->candidates = fram_table_new (FRAM_TYPE_CANDIDATE_ROW, fram_table_key_id);
  self->pairs = fram_table_new (FRAM_TYPE_PAIR_ROW, fram_table_key_id);
}

/**
 * fram_inspector_watch_session:
 * @self: An inspector.
 * @session: The `id` of a session of the service that is there.
 *
 * Shows one session in detail, until the object is released.
 *
 * Returns: (transfer full): The session.
 */
FramSessionWatch *
fram_inspector_watch_session (FramInspector *self, guint64 session)
{
  FramSessionWatch *watch;

  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  watch = g_object_new (FRAM_TYPE_SESSION_WATCH, NULL);
  watch->inspector = g_object_ref (self);
  watch->session = session;
  g_ptr_array_add (self->session_watches, watch);
  fram_session_watch_find_row (watch);
  fram_session_watch_pull (watch);
  return watch;
}

/**
 * fram_session_watch_get_session:
 * @self: A session that is watched.
 *
 * Gives its number.
 *
 * Returns: The `id` of the session.
 */
guint64
fram_session_watch_get_session (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), 0);

  return self->session;
}

/**
 * fram_session_watch_get_row:
 * @self: A session that is watched.
 *
 * Gives its row in [property@Inspector:sessions].
 *
 * Returns: (transfer none) (nullable): The row; %NULL until it is known.
 */
FramSessionRow *
fram_session_watch_get_row (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), NULL);

  return self->row;
}

/**
 * fram_session_watch_get_loaded:
 * @self: A session that is watched.
 *
 * Tells whether the lists are filled.
 *
 * Returns: Whether they are.
 */
gboolean
fram_session_watch_get_loaded (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), FALSE);

  return self->loaded;
}

/**
 * fram_session_watch_get_ended:
 * @self: A session that is watched.
 *
 * Tells whether the session has ended.
 *
 * Returns: Whether it has.
 */
gboolean
fram_session_watch_get_ended (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), FALSE);

  return self->ended;
}

/**
 * fram_session_watch_get_components:
 * @self: A session that is watched.
 *
 * Gives its components.
 *
 * Returns: (transfer none): A list of [class@ComponentRow].
 */
GListModel *
fram_session_watch_get_components (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), NULL);

  return G_LIST_MODEL (self->components);
}

/**
 * fram_session_watch_get_changes:
 * @self: A session that is watched.
 *
 * Gives what it went through, the oldest first.
 *
 * Returns: (transfer none): A list of [class@ChangeRow].
 */
GListModel *
fram_session_watch_get_changes (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), NULL);

  return G_LIST_MODEL (self->changes);
}

/**
 * fram_session_watch_get_candidates:
 * @self: A session that is watched.
 *
 * Gives the candidates of both sides.
 *
 * Returns: (transfer none): A list of [class@CandidateRow].
 */
GListModel *
fram_session_watch_get_candidates (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), NULL);

  return G_LIST_MODEL (self->candidates);
}

/**
 * fram_session_watch_get_pairs:
 * @self: A session that is watched.
 *
 * Gives its candidate pairs.
 *
 * Returns: (transfer none): A list of [class@PairRow].
 */
GListModel *
fram_session_watch_get_pairs (FramSessionWatch *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_WATCH (self), NULL);

  return G_LIST_MODEL (self->pairs);
}
