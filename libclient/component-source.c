/* Readiness of a component, whichever sockets it has at the moment. */
#include <glib-unix.h>

#include "component-private.h"

typedef struct
{
  GSource base;
  FramComponent *component;
  GIOCondition condition;
  gboolean is_dispatched; /* by a loop that has not returned */
  gpointer relayed_tag;
  gpointer direct_tag;                              /* NULL: there is none */
  int direct_fd;                                    /* the tag's */
  GIOCondition relayed_condition, direct_condition; /* the tags' */
} ComponentSource;

static void
watch_direct (ComponentSource *source, GIOCondition condition)
{
  int fd = source->component->direct.fd;

  if (source->direct_tag != NULL && source->direct_fd != fd)
    {
      g_source_remove_unix_fd (&source->base, source->direct_tag);
      source->direct_tag = NULL;
    }
  if (fd < 0)
    return;
  if (source->direct_tag == NULL)
    source->direct_tag = g_source_add_unix_fd (&source->base, fd, condition);
  else if (source->direct_condition != condition)
    g_source_modify_unix_fd (&source->base, source->direct_tag, condition);
  source->direct_fd = fd;
  source->direct_condition = condition;
}

/* To change what is watched wakes the context, so it is not done for nothing. */
static void
watch_relayed (ComponentSource *source, GIOCondition condition)
{
  if (source->relayed_condition != condition)
    g_source_modify_unix_fd (&source->base, source->relayed_tag, condition);
  source->relayed_condition = condition;
}

/* Room counts where the next datagram is to leave. */
static gboolean
prepare (GSource *base, gint *ret_timeout)
{
  ComponentSource *source = (ComponentSource *) base;
  GIOCondition wanted = source->is_dispatched ? 0 : source->condition;
  GIOCondition out = wanted & G_IO_OUT;
  gboolean leaves_directly = out != 0 && fram_component_sends_direct (source->component);

  watch_relayed (source, (wanted & ~G_IO_OUT) | (leaves_directly ? 0 : out));
  watch_direct (source, (wanted & G_IO_IN) | (leaves_directly ? out : 0));
  *ret_timeout = -1;
  return (wanted & G_IO_IN) != 0 && fram_component_has_read (source->component);
}

static GIOCondition
get_events (ComponentSource *source)
{
  FramComponent *component = source->component;
  GIOCondition events = g_source_query_unix_fd (&source->base, source->relayed_tag)
                        & (source->condition | G_IO_HUP | G_IO_ERR);

  if (source->direct_tag != NULL && source->direct_fd == component->direct.fd)
    {
      GIOCondition direct = g_source_query_unix_fd (&source->base, source->direct_tag);

      /* Not the component has hung up. */
      if ((direct & (G_IO_HUP | G_IO_ERR)) != 0)
        fram_component_look_at_direct (component);
      if (component->direct.fd >= 0)
        events |= direct & source->condition & (G_IO_IN | G_IO_OUT);
    }
  if ((source->condition & G_IO_IN) != 0 && fram_component_has_read (component))
    events |= G_IO_IN;
  return events;
}

static gboolean
check (GSource *base)
{
  ComponentSource *source = (ComponentSource *) base;

  return !source->is_dispatched && get_events (source) != 0;
}

static gboolean
dispatch (GSource *base, GSourceFunc callback, gpointer user_data)
{
  ComponentSource *source = (ComponentSource *) base;
  GSocketSourceFunc function = (GSocketSourceFunc) (gpointer) callback;
  gboolean goes_on;

  source->is_dispatched = TRUE;
  goes_on = function (source->component->socket, get_events (source), user_data);
  source->is_dispatched = FALSE;
  return goes_on;
}

static void
finalize (GSource *base)
{
  g_clear_object (&((ComponentSource *) base)->component);
}

/* For languages that have closures. */
static gboolean
call_closure (GSocket *socket, GIOCondition condition, gpointer closure)
{
  GValue result = G_VALUE_INIT, arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };
  gboolean goes_on;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_value_init (&arguments[0], G_TYPE_SOCKET);
  g_value_set_object (&arguments[0], socket);
  g_value_init (&arguments[1], G_TYPE_IO_CONDITION);
  g_value_set_flags (&arguments[1], condition);
  g_closure_invoke (closure, &result, 2, arguments, NULL);
  goes_on = g_value_get_boolean (&result);
  g_value_unset (&arguments[0]);
  g_value_unset (&arguments[1]);
  g_value_unset (&result);
  return goes_on;
}

/**
 * fram_component_create_source:
 * @self: A component.
 * @condition: %G_IO_IN to wait for datagrams, %G_IO_OUT to wait for room.
 * @cancellable: (nullable): Makes the source ready when it is cancelled.
 *
 * Makes a source that is ready when the component is, or when its end has come, whichever
 * path its data take.  Its callback is of the type #GSocketSourceFunc.
 *
 * Returns: (transfer full): The source.
 */
GSource *
fram_component_create_source (FramComponent *self, GIOCondition condition,
                              GCancellable *cancellable)
{
  static GSourceFuncs functions = { .prepare = prepare,
                                    .check = check,
                                    .dispatch = dispatch,
                                    .finalize = finalize,
                                    .closure_callback = G_SOURCE_FUNC (call_closure) };
  ComponentSource *source;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), NULL);

  fram_component_begin (self);
  source = (ComponentSource *) g_source_new (&functions, sizeof *source);
  g_source_set_static_name (&source->base, "FramComponent");
  /* Else GLib takes its descriptors out before each call and puts them back after, and wakes
   * itself each time: that is more than a datagram costs.  No call is made from within another
   * one all the same. */
  g_source_set_can_recurse (&source->base, TRUE);
  source->component = g_object_ref (self);
  source->condition = condition;
  source->direct_fd = -1;
  source->relayed_condition = condition;
  source->relayed_tag = g_source_add_unix_fd (&source->base, self->fd, condition);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (&source->base, cancelled);
    }
  return &source->base;
}
