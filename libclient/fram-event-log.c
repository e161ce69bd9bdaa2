#include "fram-inspector.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event-parse.h"
#include "inspector-private.h"

/**
 * FramEventLog:
 *
 * What happens in one session, or in all of them, check by check: a list of
 * [class@EventRow], the oldest first.
 *
 * The list is of the events since it was opened, and of [property@EventLog:limit] at most.
 * Where some were lost, there is an event `dropped` that says how many.
 */

#define LIMIT_DEFAULT 5000

/* So many are read in a row, then others have their turn. */
#define MAX_IN_A_ROW 256
/* And when the list is paused so many times that, which is more than a socket holds. */
#define MAX_TURNS 64
/* When all that had come was taken, nothing more is for so long: nobody reads faster, and lists that
 * change are costly.  Milliseconds. */
#define INTERVAL 250

/* What the service sends at one time is no longer. */
#define MAX_EVENT 2048

struct _FramEventLog
{
  GObject parent_instance;

  FramInspector *inspector;
  guint64 session;
  int fd; /* -1: not open */
  GSource *source;
  GError *error;
  GPtrArray *rows; /* FramRow */
  guint64 n_events;
  guint64 n_dropped, n_missed; /* in all; while it is paused */
  guint limit;
  gboolean paused;
};

enum
{
  PROP_SESSION = 1,
  PROP_OPEN,
  PROP_ERROR,
  PROP_PAUSED,
  PROP_LIMIT,
  PROP_DROPPED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FramEventLog, fram_event_log, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      list_model_iface_init))

static void
notify (FramEventLog *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- The list ---------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return FRAM_TYPE_EVENT_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return FRAM_EVENT_LOG (model)->rows->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *rows = FRAM_EVENT_LOG (model)->rows;

  return position < rows->len ? g_object_ref (g_ptr_array_index (rows, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* The oldest go. */
static void
hold_limit (FramEventLog *self)
{
  guint n = self->rows->len > self->limit ? self->rows->len - self->limit : 0;

  if (n == 0)
    return;
  g_ptr_array_remove_range (self->rows, 0, n);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

/* `values`: (transfer floating) */
static FramRow *
make_row (GVariant *values)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (values);

  return fram_row_new (FRAM_TYPE_EVENT_ROW, owned);
}

/* `rows`: (transfer container): FramRow */
static void
append (FramEventLog *self, GPtrArray *rows)
{
  guint position = self->rows->len, n = rows->len;

  g_ptr_array_extend_and_steal (self->rows, rows);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n);
  hold_limit (self);
}

/* --- Reading ----------------------------------------------------------------------- */

static void
count_dropped (FramEventLog *self, guint64 n)
{
  if (n == 0)
    return;
  self->n_dropped += n;
  notify (self, PROP_DROPPED);
}

static void
take (FramEventLog *self, const char *text, gsize length, GPtrArray *rows)
{
  GVariant *values = fram_event_parse (text, length, self->n_events + 1);
  g_autoptr (FramRow) row = NULL;
  guint64 dropped;

  if (values == NULL)
    return;
  row = make_row (values);
  dropped = (guint64) fram_row_get_number (row, "dropped");
  /* They are counted when they are told of. */
  if (self->paused)
    {
      self->n_missed += dropped > 0 ? dropped : 1;
      return;
    }
  count_dropped (self, dropped);
  self->n_events++;
  g_ptr_array_add (rows, g_steal_pointer (&row));
}

static void
stop_listening (FramEventLog *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
close_fd (FramEventLog *self)
{
  stop_listening (self);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

/* Return: whether more may have come. */
static gboolean
take_all (FramEventLog *self, gboolean *ret_ended)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  char text[MAX_EVENT];
  gboolean ended = FALSE;
  ssize_t length = 1;

  for (guint i = 0; i < MAX_IN_A_ROW && length > 0; i++)
    {
      length = recv (self->fd, text, sizeof text, MSG_DONTWAIT);
      ended = length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR);
      if (length > 0)
        take (self, text, (gsize) length, rows);
    }
  append (self, g_steal_pointer (&rows));
  *ret_ended = ended;
  return length > 0;
}

static gboolean on_rested (gpointer user_data);

/* `source`: (transfer full): what is waited for next, in place of what was. */
static void
wait_for (FramEventLog *self, GSource *source, GSourceFunc callback)
{
  stop_listening (self);
  self->source = source;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->inspector->context);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (FramEventLog) self = g_object_ref (user_data);
  gboolean ended;

  if (take_all (self, &ended))
    return G_SOURCE_CONTINUE;
  if (!ended)
    wait_for (self, g_timeout_source_new (INTERVAL), on_rested);
  else if (self->fd >= 0)
    {
      close_fd (self);
      notify (self, PROP_OPEN);
    }
  return G_SOURCE_REMOVE;
}

static void
listen_again (FramEventLog *self)
{
  wait_for (self, g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
            G_SOURCE_FUNC (on_readable));
}

static gboolean
on_rested (gpointer user_data)
{
  listen_again (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramEventLog) self = user_data;
  g_autoptr (GVariant) reply = NULL;
  int fd = -1;

  reply = fram_inspector_call_finish (self->inspector, result, &fd, &self->error);
  if (reply == NULL)
    {
      notify (self, PROP_ERROR);
      return;
    }
  self->fd = fd;
  listen_again (self);
  notify (self, PROP_OPEN);
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_event_log_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramEventLog *self = FRAM_EVENT_LOG (object);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_uint64 (value, self->session);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, self->fd >= 0);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_LIMIT:
      g_value_set_uint (value, self->limit);
      break;
    case PROP_DROPPED:
      g_value_set_uint64 (value, self->n_dropped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_event_log_set_property (GObject *object, guint id, const GValue *value,
                             GParamSpec *pspec)
{
  FramEventLog *self = FRAM_EVENT_LOG (object);

  switch (id)
    {
    case PROP_PAUSED:
      fram_event_log_set_paused (self, g_value_get_boolean (value));
      break;
    case PROP_LIMIT:
      fram_event_log_set_limit (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_event_log_finalize (GObject *object)
{
  FramEventLog *self = FRAM_EVENT_LOG (object);

  close_fd (self);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->rows);
  g_clear_object (&self->inspector);
  G_OBJECT_CLASS (fram_event_log_parent_class)->finalize (object);
}

static void
fram_event_log_class_init (FramEventLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = fram_event_log_get_property;
  object_class->set_property = fram_event_log_set_property;
  object_class->finalize = fram_event_log_finalize;

  /**
   * FramEventLog:session: (getter get_session)
   *
   * The `id` of the session; 0: all of them.
   */
  properties[PROP_SESSION]
      = g_param_spec_uint64 ("session", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FramEventLog:open: (getter get_open)
   *
   * Whether events come: it is opened soon after it is made, and ends with the session.
   */
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, readable);
  /**
   * FramEventLog:error: (getter get_error)
   *
   * Why it could not be opened; %NULL if it was, or is not yet.
   */
  properties[PROP_ERROR]
      = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  /**
   * FramEventLog:paused: (getter get_paused) (setter set_paused)
   *
   * Whether the list stays as it is.  What happens meanwhile is lost, and counted.
   */
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, writable);
  /**
   * FramEventLog:limit: (getter get_limit) (setter set_limit)
   *
   * How many events there are at most; the oldest go.
   */
  properties[PROP_LIMIT]
      = g_param_spec_uint ("limit", NULL, NULL, 1, G_MAXUINT, LIMIT_DEFAULT, writable);
  /**
   * FramEventLog:dropped: (getter get_dropped)
   *
   * How many events were lost, because they were not read in time, or while it was paused.
   */
  properties[PROP_DROPPED]
      = g_param_spec_uint64 ("dropped", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_event_log_init (FramEventLog *self)
{
  self->fd = -1;
  self->limit = LIMIT_DEFAULT;
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fram_inspector_open_events:
 * @self: An inspector.
 * @session: The `id` of a session; 0: all sessions, also later ones.
 *
 * Lists what happens from now on, until the object is released.
 *
 * Returns: (transfer full): The events.
 */
FramEventLog *
fram_inspector_open_events (FramInspector *self, guint64 session)
{
  FramEventLog *log;

  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  log = g_object_new (FRAM_TYPE_EVENT_LOG, NULL);
  log->inspector = g_object_ref (self);
  log->session = session;
  fram_inspector_call (self, "OpenEvents", g_variant_new ("(t)", session), "(h)", NULL,
                       on_opened, g_object_ref (log));
  return log;
}

/**
 * fram_event_log_get_session:
 * @self: Events.
 *
 * Tells whose events they are.
 *
 * Returns: The `id` of the session; 0: of all sessions.
 */
guint64
fram_event_log_get_session (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), 0);

  return self->session;
}

/**
 * fram_event_log_get_open:
 * @self: Events.
 *
 * Tells whether events come.
 *
 * Returns: Whether they do.
 */
gboolean
fram_event_log_get_open (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), FALSE);

  return self->fd >= 0;
}

/**
 * fram_event_log_get_error:
 * @self: Events.
 *
 * Tells why they could not be opened.
 *
 * Returns: (transfer none) (nullable): The error; %NULL if there is none.
 */
const GError *
fram_event_log_get_error (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), NULL);

  return self->error;
}

/**
 * fram_event_log_get_paused:
 * @self: Events.
 *
 * Tells whether the list stays as it is.
 *
 * Returns: Whether it does.
 */
gboolean
fram_event_log_get_paused (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), FALSE);

  return self->paused;
}

/**
 * fram_event_log_set_paused:
 * @self: Events.
 * @paused: Whether the list is to stay as it is.
 *
 * Holds the list, or lets it go on.  What happened meanwhile is lost; an event `dropped` says
 * how much that was.
 */
void
fram_event_log_set_paused (FramEventLog *self, gboolean paused)
{
  gboolean ended;

  g_return_if_fail (FRAM_IS_EVENT_LOG (self));

  paused = paused != FALSE;
  if (self->paused == paused)
    return;
  /* What has come happened before; that it has ended is heard when the time has come. */
  for (guint i = 0; self->fd >= 0 && i < MAX_TURNS; i++)
    if (!take_all (self, &ended))
      break;
  self->paused = paused;
  if (!paused && self->n_missed > 0)
    {
      GPtrArray *rows = g_ptr_array_new ();

      g_ptr_array_add (rows,
                       make_row (fram_event_lost (self->n_missed, ++self->n_events)));
      append (self, rows);
      count_dropped (self, self->n_missed);
      self->n_missed = 0;
    }
  notify (self, PROP_PAUSED);
}

/**
 * fram_event_log_get_limit:
 * @self: Events.
 *
 * Tells how many there are at most.
 *
 * Returns: The limit.
 */
guint
fram_event_log_get_limit (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), 0);

  return self->limit;
}

/**
 * fram_event_log_set_limit:
 * @self: Events.
 * @limit: The limit, at least 1.
 *
 * Sets how many there are at most; the oldest go.
 */
void
fram_event_log_set_limit (FramEventLog *self, guint limit)
{
  g_return_if_fail (FRAM_IS_EVENT_LOG (self));
  g_return_if_fail (limit > 0);

  if (self->limit == limit)
    return;
  self->limit = limit;
  hold_limit (self);
  notify (self, PROP_LIMIT);
}

/**
 * fram_event_log_get_dropped:
 * @self: Events.
 *
 * Tells how many events were lost.
 *
 * Returns: The number.
 */
guint64
fram_event_log_get_dropped (FramEventLog *self)
{
  g_return_val_if_fail (FRAM_IS_EVENT_LOG (self), 0);

  return self->n_dropped;
}

/**
 * fram_event_log_clear:
 * @self: Events.
 *
 * Makes the list empty.
 */
void
fram_event_log_clear (FramEventLog *self)
{
  guint n;

  g_return_if_fail (FRAM_IS_EVENT_LOG (self));

  n = self->rows->len;
  g_ptr_array_set_size (self->rows, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
