#include "store/server-entry.h"

#include <string.h>

#include "broker/server-uri.h"
#include "store/settings-keys.h"
#include "stun/credential.h"

static const char *const words[] = {
  [FRAM_CREDENTIAL_NONE] = "none",
  [FRAM_CREDENTIAL_LONG_TERM] = "long-term",
  [FRAM_CREDENTIAL_SHARED_SECRET] = "shared-secret",
};

/* "1764374400:" comes before the user name of a shared secret. */
#define MAX_EXPIRY 21

const char *
fram_credential_kind_to_word (FramCredentialKind kind)
{
  return words[kind];
}

gboolean
fram_credential_kind_from_word (const char *word, FramCredentialKind *ret_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      {
        *ret_kind = i;
        return TRUE;
      }
  return FALSE;
}

FramServerEntry *
fram_server_entry_new (const char *id, const char *uri)
{
  FramServerEntry *entry = g_new0 (FramServerEntry, 1);

  entry->id = g_strdup (id);
  entry->uri = g_strdup (uri);
  entry->name = g_strdup ("");
  entry->enabled = TRUE;
  entry->username = g_strdup ("");
  entry->authority = g_strdup ("");
  return entry;
}

FramServerEntry *
fram_server_entry_copy (const FramServerEntry *entry)
{
  FramServerEntry *copy = g_memdup2 (entry, sizeof *entry);

  copy->id = g_strdup (entry->id);
  copy->uri = g_strdup (entry->uri);
  copy->name = g_strdup (entry->name);
  copy->username = g_strdup (entry->username);
  copy->authority = g_strdup (entry->authority);
  copy->file = g_strdup (entry->file);
  copy->secret = g_strdup (entry->secret);
  return copy;
}

void
fram_server_entry_free (FramServerEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->id);
  g_free (entry->uri);
  g_free (entry->name);
  g_free (entry->username);
  g_free (entry->authority);
  g_free (entry->file);
  fram_secret_free (entry->secret);
  g_free (entry);
}

gboolean
fram_server_entry_equal (const FramServerEntry *a, const FramServerEntry *b)
{
  return g_str_equal (a->id, b->id) && g_str_equal (a->uri, b->uri)
         && g_str_equal (a->name, b->name) && a->enabled == b->enabled
         && a->credential == b->credential && g_str_equal (a->username, b->username)
         && g_str_equal (a->authority, b->authority) && g_strcmp0 (a->file, b->file) == 0
         && a->locked == b->locked && g_strcmp0 (a->secret, b->secret) == 0;
}

void
fram_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* --- Checking -------------------------------------------------------------------------- */

static gboolean invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                                         format, arguments));
  va_end (arguments);
  return FALSE;
}

/* It is written to terminals and lists, and must not steer them. */
static gboolean
is_printable (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

/* Who writes a password into a URI shall not find it in a message. */
static gboolean
check_uri (const char *uri, GError **error)
{
  g_autoptr (GError) reason = NULL;
  FramServerUri parts;

  if (strlen (uri) > FRAM_SERVER_MAX_URI || !is_printable (uri))
    return invalid (error, "The URI of a server has 1 to %d printable bytes",
                    FRAM_SERVER_MAX_URI);
  if (strchr (uri, '@') != NULL)
    return invalid (error,
                    "The URI of a server has no “@”: user name and password are set "
                    "beside it");
  if (fram_server_uri_parse (&parts, uri, &reason))
    return TRUE;
  return invalid (error, "%s", reason->message);
}

static gboolean
check_username (const FramServerEntry *entry, GError **error)
{
  gsize most = FRAM_SERVER_MAX_USERNAME;
  g_autofree char *prepared = NULL;

  if (entry->credential == FRAM_CREDENTIAL_SHARED_SECRET)
    most -= MAX_EXPIRY;
  if (strlen (entry->username) > most || !is_printable (entry->username))
    return invalid (error,
                    "The user name has at most %d bytes, and no control characters",
                    (int) most);
  if (entry->username[0] == '\0')
    return entry->credential != FRAM_CREDENTIAL_LONG_TERM
           || invalid (error, "The credential “long-term” needs a user name");
  prepared = fram_stun_prepare_text (entry->username);
  return prepared != NULL
         || invalid (error, "The user name has characters that no user name may have");
}

gboolean
fram_server_entry_check (const FramServerEntry *entry, GError **error)
{
  if (!check_uri (entry->uri, error) || !check_username (entry, error))
    return FALSE;
  if (strlen (entry->name) > FRAM_SERVER_MAX_NAME || !is_printable (entry->name))
    return invalid (
        error, "The name of a server has at most %d bytes, and no control characters",
        FRAM_SERVER_MAX_NAME);
  if (entry->authority[0] != '\0'
      && (!g_path_is_absolute (entry->authority) || !is_printable (entry->authority)
          || strlen (entry->authority) > FRAM_SERVER_MAX_AUTHORITY))
    return invalid (error,
                    "The authority is the absolute path of a file of certificates, of at "
                    "most %d bytes",
                    FRAM_SERVER_MAX_AUTHORITY);
  return TRUE;
}

/* RFC 8489 §18.5.1: both take part in the key as SASLprep leaves them. */
static gboolean
can_be_prepared (const char *password)
{
  char *prepared = fram_stun_prepare_text (password);
  gboolean can = prepared != NULL;

  fram_secret_free (prepared);
  return can;
}

gboolean
fram_server_secret_check (FramCredentialKind kind, const char *secret, GError **error)
{
  gsize length = strlen (secret);

  if (length == 0 || length > FRAM_SERVER_MAX_SECRET
      || !g_utf8_validate (secret, (gssize) length, NULL))
    return invalid (error, "A password or secret is UTF-8 text of 1 to %d bytes",
                    FRAM_SERVER_MAX_SECRET);
  if (kind == FRAM_CREDENTIAL_LONG_TERM && !can_be_prepared (secret))
    return invalid (error, "The password has characters that no password may have");
  return TRUE;
}

char *
fram_server_entry_get_origin (const FramServerEntry *entry)
{
  FramServerUri uri;
  g_autofree char *host = NULL;

  if (!fram_server_uri_parse (&uri, entry->uri, NULL))
    return g_strdup ("");
  host = g_ascii_strdown (uri.host, -1);
  return g_strdup_printf (
      "%s%s:%s:%u", uri.scheme == FRAM_SERVER_SCHEME_TURN ? "turn" : "stun",
      uri.secure ? "s" : "", host,
      uri.port != 0 ? uri.port : fram_server_uri_get_default_port (&uri));
}
