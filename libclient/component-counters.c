/* The service does not see what goes past it, but has to tell how much there was, and when it
 * stops: so the component counts. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component-private.h"
#include "session-private.h"

static FramCounters *
map (int fd)
{
  struct stat state;
  void *memory;

  if (fstat (fd, &state) < 0 || state.st_size < (off_t) sizeof (FramCounters))
    return NULL;
  memory = mmap (NULL, sizeof (FramCounters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return memory != MAP_FAILED ? memory : NULL;
}

static void
use (FramComponent *self, FramCounters *counters)
{
  *counters = self->own_counters;
  self->counters = counters;
}

/* An older service does not count: nobody misses anything but numbers. */
static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramComponent) self = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_with_unix_fd_list_finish (
      G_DBUS_PROXY (object), &descriptors, result, NULL);
  FramCounters *counters;
  int fd;

  if (answer == NULL || descriptors == NULL
      || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(h)"))
      || g_unix_fd_list_get_length (descriptors) != 1)
    return;
  fd = g_unix_fd_list_get (descriptors, 0, NULL);
  if (fd < 0)
    return;
  counters = map (fd);
  if (counters != NULL)
    use (self, counters);
  close (fd);
}

void
fram_component_share_counters (FramComponent *self)
{
  if (self->has_asked_for_counters)
    return;
  self->has_asked_for_counters = TRUE;
  g_dbus_proxy_call_with_unix_fd_list (
      G_DBUS_PROXY (self->session->proxy), "ShareCounters",
      g_variant_new ("(uu)", self->stream, self->number), G_DBUS_CALL_FLAGS_NONE, -1,
      NULL, NULL, on_answer, g_object_ref (self));
}

void
fram_component_free_counters (FramComponent *self)
{
  if (self->counters != &self->own_counters)
    munmap (self->counters, sizeof *self->counters);
}
