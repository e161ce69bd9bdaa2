#include "options-variant.h"

#include <string.h>

#include "description-variant.h"
#include "memory-file.h"
#include "session-options-private.h"

/* Each ended by a NUL byte. */
static int
passwords_to_memory_file (GPtrArray *servers, GError **error)
{
  g_autofree struct iovec *parts = g_new (struct iovec, servers->len);

  for (guint i = 0; i < servers->len; i++)
    {
      FramSessionServer *server = g_ptr_array_index (servers, i);

      parts[i] = (struct iovec){ server->password, strlen (server->password) + 1 };
    }
  return fram_memory_file_new (parts, servers->len, error);
}

static gboolean
add_passwords (GPtrArray *servers, GVariantBuilder *options,
               GUnixFDList **ret_descriptors, GError **error)
{
  gboolean any = FALSE;
  int fd;

  for (guint i = 0; i < servers->len; i++)
    any |= ((FramSessionServer *) g_ptr_array_index (servers, i))->password[0] != '\0';
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
      FramSessionServer *server = g_ptr_array_index (servers, i);

      g_variant_builder_add (&list, "(@s@s)", fram_text_to_variant (server->uri),
                             fram_text_to_variant (server->username));
    }
  g_variant_builder_add (options, "{sv}", "servers", g_variant_builder_end (&list));
}

/* 0 is the service's own. */
static void
add_number (GVariantBuilder *options, const char *name, guint number)
{
  if (number != 0)
    g_variant_builder_add (options, "{sv}", name, g_variant_new_uint32 (number));
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
  if (!self->tcp)
    g_variant_builder_add (&options, "{sv}", "tcp", g_variant_new_boolean (FALSE));
  if (self->lite)
    g_variant_builder_add (&options, "{sv}", "lite", g_variant_new_boolean (TRUE));
  add_number (&options, "pacing", self->pacing);
  add_number (&options, "max-pairs", self->max_pairs);
  add_number (&options, "dscp", self->dscp);
  if (self->components->len > 0)
    g_variant_builder_add (
        &options, "{sv}", "components",
        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, self->components->data,
                                   self->components->len, sizeof (guint32)));
  if (self->remote != NULL)
    fram_description_add_to_options (self->remote, &options);
  if (self->servers->len > 0)
    add_servers (self->servers, &options);
  if (!self->settings_servers)
    g_variant_builder_add (&options, "{sv}", "settings-servers",
                           g_variant_new_boolean (FALSE));
  if (!add_passwords (self->servers, &options, ret_descriptors, error))
    return NULL;
  return g_variant_builder_end (&options);
}
