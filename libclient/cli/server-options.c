/* What `fram servers` is told of a server. */
#include <string.h>

#include "cli/command.h"
#include "cli/servers.h"

static const char *const credentials[] = { "none", "long-term", "shared-secret", NULL };

void
server_options_clear (ServerOptions *options)
{
  g_free (options->uri);
  g_free (options->name);
  g_free (options->credential);
  g_free (options->username);
  g_free (options->authority);
  g_free (options->password_file);
}

static gboolean
is_credential (const ServerOptions *options, const char *word)
{
  return g_strcmp0 (options->credential, word) == 0;
}

static int
refuse (const char *sentence)
{
  g_printerr ("fram: %s\n", sentence);
  return STATUS_USAGE;
}

/* Who names a user, or has a password, means the credential that has both. */
static void
complete (ServerOptions *options)
{
  if (options->credential == NULL)
    options->credential
        = g_strdup (options->username != NULL || options->password_file != NULL
                            || options->ask_password
                        ? "long-term"
                        : "none");
}

static int
check_new (const ServerOptions *options)
{
  if (is_credential (options, "long-term")
      && (options->username == NULL || options->username[0] == '\0'))
    return refuse ("A password belongs to a user name: --user tells it");
  return STATUS_DONE;
}

int
server_options_check (ServerOptions *options, gboolean is_new)
{
  if (is_new)
    complete (options);
  if (options->credential != NULL && !g_strv_contains (credentials, options->credential))
    return refuse ("--credential is none, long-term or shared-secret");
  if (options->position < 0)
    return refuse ("--position counts from 1");
  if (options->ask_password + options->forget_password + (options->password_file != NULL)
      > 1)
    return refuse ("--password-file, --ask-password and --forget-password exclude each "
                   "other");
  if (is_credential (options, "none")
      && (options->password_file != NULL || options->ask_password))
    return refuse ("With --credential none there is no password");
  return is_new ? check_new (options) : STATUS_DONE;
}

gboolean
server_options_are_given (const ServerOptions *options)
{
  return options->uri != NULL || options->name != NULL || options->credential != NULL
         || options->username != NULL || options->authority != NULL
         || options->password_file != NULL || options->position > 0
         || options->ask_password || options->forget_password;
}

/* Bytes that are no UTF-8 cannot go by the bus; the service says what is wrong with what
 * becomes of them. */
static void
add_text (GVariantBuilder *options, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (options, "{sv}", key,
                           g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

GVariant *
server_options_to_variant (const ServerOptions *options)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *authority = NULL;

  if (options->authority != NULL)
    authority = options->authority[0] != '\0'
                    ? g_canonicalize_filename (options->authority, NULL)
                    : g_strdup ("");
  add_text (&builder, "uri", options->uri);
  add_text (&builder, "name", options->name);
  add_text (&builder, "credential", options->credential);
  add_text (&builder, "username", options->username);
  add_text (&builder, "authority", authority);
  if (options->position > 0)
    g_variant_builder_add (&builder, "{sv}", "position",
                           g_variant_new_uint32 (options->position - 1));
  return g_variant_builder_end (&builder);
}

static int
ask (const ServerOptions *options, const char *uri, Secret *ret_secret)
{
  g_autofree char *question = NULL;
  g_autoptr (GError) error = NULL;

  if (is_credential (options, "shared-secret"))
    question = g_strdup_printf ("Shared secret of %s: ", uri);
  else if (options->username != NULL)
    question = g_strdup_printf ("Password of %s at %s: ", options->username, uri);
  else
    question = g_strdup_printf ("Password for %s: ", uri);
  return secret_ask (question, ret_secret, &error) ? STATUS_DONE : servers_report (error);
}

int
server_options_get_secret (const ServerOptions *options, const char *uri, gboolean wanted,
                           Secret *ret_secret)
{
  g_autoptr (GError) error = NULL;

  memset (ret_secret, 0, sizeof *ret_secret);
  if (options->password_file != NULL)
    return secret_read (options->password_file, ret_secret, &error)
               ? STATUS_DONE
               : servers_report (error);
  if (!wanted && !options->ask_password)
    return STATUS_DONE;
  if (secret_can_ask ())
    return ask (options, uri, ret_secret);
  return refuse ("A password is needed, and there is no terminal to ask for it: "
                 "--password-file tells where it is");
}
