#include "options-variant.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "description-variant.h"
#include "session-options-private.h"

static gboolean
write_whole (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      text += n;
      length -= n;
    }
  return TRUE;
}

/* A memory file, sealed so that its reader need not fear that it changes. */
static int
passwords_to_memory_file (GPtrArray *servers, GError **error)
{
  int fd = memfd_create ("fram-passwords", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gboolean written = fd >= 0;

  for (guint i = 0; written && i < servers->len; i++)
    {
      FramServer *server = g_ptr_array_index (servers, i);

      written = write_whole (fd, server->password, strlen (server->password) + 1);
    }
  if (written && lseek (fd, 0, SEEK_SET) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
             == 0)
    return fd;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "The passwords cannot be passed on: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
add_passwords (GPtrArray *servers, GVariantBuilder *options,
               GUnixFDList **ret_descriptors, GError **error)
{
  gboolean any = FALSE;
  int fd;

  for (guint i = 0; i < servers->len; i++)
    any |= ((FramServer *) g_ptr_array_index (servers, i))->password[0] != '\0';
  *ret_descriptors = NULL;
  if (!any)
    return TRUE;
  fd = passwords_to_memory_file (servers, error);
  if (fd < 0)
    return FALSE;
  *ret_descriptors = g_unix_fd_list_new_from_array (&fd, 1);
  g_variant_builder_add (options, "{sv}", "passwords", g_variant_new_handle (0));
  return TRUE;
}

static void
add_servers (GPtrArray *servers, GVariantBuilder *options)
{
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; i < servers->len; i++)
    {
      FramServer *server = g_ptr_array_index (servers, i);

      g_variant_builder_add (&list, "(@s@s)", fram_text_to_variant (server->uri),
                             fram_text_to_variant (server->username));
    }
  g_variant_builder_add (options, "{sv}", "servers", g_variant_builder_end (&list));
}

GVariant *
fram_session_options_to_variant (FramSessionOptions *self, const char *token,
                                 GUnixFDList **ret_descriptors, GError **error)
{
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&options, "{sv}", "token", g_variant_new_string (token));
  if (self->label != NULL)
    g_variant_builder_add (&options, "{sv}", "label", fram_text_to_variant (self->label));
  if (self->role != FRAM_ROLE_AUTOMATIC)
    g_variant_builder_add (&options, "{sv}", "role",
                           g_variant_new_string (fram_role_to_string (self->role)));
  if (self->policy != FRAM_POLICY_ALL)
    g_variant_builder_add (&options, "{sv}", "policy",
                           g_variant_new_string (fram_policy_to_string (self->policy)));
  if (self->trickle)
    g_variant_builder_add (&options, "{sv}", "trickle", g_variant_new_boolean (TRUE));
  if (self->pacing != 0)
    g_variant_builder_add (&options, "{sv}", "pacing",
                           g_variant_new_uint32 (self->pacing));
  if (self->components->len > 0)
    g_variant_builder_add (
        &options, "{sv}", "components",
        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, self->components->data,
                                   self->components->len, sizeof (guint32)));
  if (self->remote != NULL)
    fram_description_add_to_options (self->remote, &options);
  if (self->servers->len > 0)
    add_servers (self->servers, &options);
  if (!add_passwords (self->servers, &options, ret_descriptors, error))
    return NULL;
  return g_variant_builder_end (&options);
}
