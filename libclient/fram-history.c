#include "fram-inspector.h"

#include "inspector-private.h"
#include "network-reply.h"

/**
 * FramHistory:
 *
 * Sessions that have ended, the last one first: a list of [class@HistoryRow], which is filled
 * a page at a time.
 */

/* The most that the service gives at one time. */
#define PAGE_MAX 1000

struct _FramHistory
{
  GObject parent_instance;

  FramInspector *inspector;
  GPtrArray *rows; /* FramRow */
  guint n_loading;
  gboolean complete;
};

enum
{
  PROP_COMPLETE = 1,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FramHistory, fram_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      list_model_iface_init))

/* --- The list ---------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return FRAM_TYPE_HISTORY_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return FRAM_HISTORY (model)->rows->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *rows = FRAM_HISTORY (model)->rows;

  return position < rows->len ? g_object_ref (g_ptr_array_index (rows, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gint64
id_at (FramHistory *self, guint index)
{
  return (gint64) fram_row_get_id (g_ptr_array_index (self->rows, index));
}

static void
set_complete (FramHistory *self, gboolean complete)
{
  if (self->complete == complete)
    return;
  self->complete = complete;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

static void
count_loading (FramHistory *self, gint change)
{
  gboolean before = self->n_loading > 0;

  self->n_loading += change;
  if (before != (self->n_loading > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/* Return: (transfer full): the row. */
static FramRow *
make_row (GVariant *page, gsize index)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (page, index);

  return fram_row_new (FRAM_TYPE_HISTORY_ROW, values);
}

/* --- Older ones -------------------------------------------------------------------- */

static void
append_page (FramHistory *self, GVariant *page, guint limit)
{
  guint position = self->rows->len, n = (guint) g_variant_n_children (page);
  gint64 last = position > 0 ? id_at (self, position - 1) : G_MAXINT64;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FramRow) row = make_row (page, i);

      /* Another page was appended meanwhile. */
      if ((gint64) fram_row_get_id (row) < last)
        g_ptr_array_add (self->rows, g_steal_pointer (&row));
    }
  if (self->rows->len > position)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0,
                                self->rows->len - position);
  if (n < limit)
    set_complete (self, TRUE);
}

static void
on_older (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FramHistory *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, &error);
  g_autoptr (GVariant) page = NULL;

  count_loading (self, -1);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  page = g_variant_get_child_value (reply, 0);
  append_page (self, page, GPOINTER_TO_UINT (g_task_get_task_data (task)));
  g_task_return_boolean (task, TRUE);
}

/**
 * fram_history_load_async:
 * @self: The past.
 * @limit: How many, 1 to 1000.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when they are in the list.
 * @user_data: Data for @callback.
 *
 * Appends sessions that ended before those in the list.
 */
void
fram_history_load_async (FramHistory *self, guint limit, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  gint64 before;

  g_return_if_fail (FRAM_IS_HISTORY (self));
  g_return_if_fail (limit >= 1 && limit <= PAGE_MAX);

  before = self->rows->len > 0 ? id_at (self, self->rows->len - 1) : 0;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_history_load_async);
  g_task_set_task_data (task, GUINT_TO_POINTER (limit), NULL);
  count_loading (self, 1);
  fram_inspector_call (self->inspector, "ListHistory",
                       g_variant_new ("(xu)", before, limit), FRAM_HISTORY_REPLY,
                       cancellable, on_older, task);
}

/**
 * fram_history_load_finish:
 * @self: The past.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@History.load_async].
 *
 * Returns: Whether that could be done.
 */
gboolean
fram_history_load_finish (FramHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fram_history_load_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Newer ones -------------------------------------------------------------------- */

static gint64
id_in (GVariant *page, gsize index)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (page, index);
  gint64 id;

  g_variant_get_child (values, 0, "x", &id);
  return id;
}

/* The page is of the last ones; what the list has of it follows on what is new.  Where it does
 * not, too much has happened, or the history was forgotten: the list begins anew. */
static void
join_page (FramHistory *self, GVariant *page)
{
  guint n = (guint) g_variant_n_children (page), n_before = self->rows->len, n_new = 0;
  gint64 first = n_before > 0 ? id_at (self, 0) : -1;

  while (n_new < n && id_in (page, n_new) != first)
    n_new++;
  if (n_before > 0 && n_new == n)
    {
      g_ptr_array_set_size (self->rows, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, 0);
    }
  for (guint i = 0; i < n_new; i++)
    g_ptr_array_insert (self->rows, (gint) i, make_row (page, i));
  if (n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_new);
  if (self->rows->len == n_new)
    set_complete (self, n < PAGE_MAX);
}

static void
on_newer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FramHistory *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, &error);
  g_autoptr (GVariant) page = NULL;

  count_loading (self, -1);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  page = g_variant_get_child_value (reply, 0);
  join_page (self, page);
  g_task_return_boolean (task, TRUE);
}

/**
 * fram_history_refresh_async:
 * @self: The past.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when they are in the list.
 * @user_data: Data for @callback.
 *
 * Puts sessions that have ended since into the list, before the others.  If the history was
 * forgotten, the list begins anew.
 */
void
fram_history_refresh_async (FramHistory *self, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FRAM_IS_HISTORY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_history_refresh_async);
  count_loading (self, 1);
  fram_inspector_call (self->inspector, "ListHistory",
                       g_variant_new ("(xu)", (gint64) 0, PAGE_MAX), FRAM_HISTORY_REPLY,
                       cancellable, on_newer, task);
}

/**
 * fram_history_refresh_finish:
 * @self: The past.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@History.refresh_async].
 *
 * Returns: Whether that could be done.
 */
gboolean
fram_history_refresh_finish (FramHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fram_history_refresh_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_history_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramHistory *self = FRAM_HISTORY (object);

  switch (id)
    {
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->complete);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->n_loading > 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_history_finalize (GObject *object)
{
  FramHistory *self = FRAM_HISTORY (object);

  g_ptr_array_unref (self->rows);
  g_clear_object (&self->inspector);
  G_OBJECT_CLASS (fram_history_parent_class)->finalize (object);
}

static void
fram_history_class_init (FramHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_history_get_property;
  object_class->finalize = fram_history_finalize;

  /**
   * FramHistory:complete: (getter get_complete)
   *
   * Whether there are no older ones.
   */
  properties[PROP_COMPLETE]
      = g_param_spec_boolean ("complete", NULL, NULL, FALSE, readable);
  /**
   * FramHistory:loading: (getter get_loading)
   *
   * Whether some are on their way into the list.
   */
  properties[PROP_LOADING]
      = g_param_spec_boolean ("loading", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_history_init (FramHistory *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fram_inspector_open_history:
 * @self: An inspector.
 *
 * Makes a list of sessions that have ended, which is empty until something is loaded.
 *
 * Returns: (transfer full): The past.
 */
FramHistory *
fram_inspector_open_history (FramInspector *self)
{
  FramHistory *history;

  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  history = g_object_new (FRAM_TYPE_HISTORY, NULL);
  history->inspector = g_object_ref (self);
  return history;
}

/**
 * fram_history_get_complete:
 * @self: The past.
 *
 * Tells whether there are no older ones.
 *
 * Returns: Whether the list is complete.
 */
gboolean
fram_history_get_complete (FramHistory *self)
{
  g_return_val_if_fail (FRAM_IS_HISTORY (self), FALSE);

  return self->complete;
}

/**
 * fram_history_get_loading:
 * @self: The past.
 *
 * Tells whether some are on their way into the list.
 *
 * Returns: Whether they are.
 */
gboolean
fram_history_get_loading (FramHistory *self)
{
  g_return_val_if_fail (FRAM_IS_HISTORY (self), FALSE);

  return self->n_loading > 0;
}
