/* One function for each key.  The table is what the XML documents; a key that is not in it is
 * refused, so that a misspelt option is not silently without effect. */
#include "rpc/options.h"

#include <string.h>

#include "broker/inspection.h"
#include "rpc/remote.h"

/* RFC 8489 §14.3: a user name has less than 509 bytes.  The URI is ours to bound. */
#define MAX_USERNAME 508
#define MAX_URI 512

typedef gboolean (*OptionReader) (FramRequest *request, GVariant *value, GError **error);

typedef struct
{
  const char *key;
  const char *type;
  OptionReader read;
} Option;

static gboolean invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (FRAM_BROKER_ERROR,
                                                FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                                                format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
read_token (FramRequest *request, GVariant *value, GError **error)
{
  static const char allowed[]
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  gsize length;

  request->token = g_variant_get_string (value, &length);
  if (length == 0 || length > FRAM_TOKEN_MAX
      || strspn (request->token, allowed) != length)
    return invalid (error, "Option “token” has 1 to %d characters of A-Z a-z 0-9 _",
                    FRAM_TOKEN_MAX);
  return TRUE;
}

static gboolean
has_control_character (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (text)))
        return TRUE;
    }
  return FALSE;
}

/* Labels are written to terminals and lists: they must not steer them. */
static gboolean
read_label (FramRequest *request, GVariant *value, GError **error)
{
  gsize length;

  request->session.label = g_variant_get_string (value, &length);
  if (length > FRAM_MAX_LABEL)
    return invalid (error, "Option “label” has at most %d bytes", FRAM_MAX_LABEL);
  if (has_control_character (request->session.label))
    return invalid (error, "Option “label” has no control characters");
  return TRUE;
}

static gboolean
read_components (FramRequest *request, GVariant *value, GError **error)
{
  gsize n_streams;
  const guint32 *counts = g_variant_get_fixed_array (value, &n_streams, sizeof (guint32));

  if (n_streams < 1 || n_streams > FRAM_MAX_STREAMS)
    return invalid (error, "Option “components” is for 1 to %d streams",
                    FRAM_MAX_STREAMS);
  for (gsize i = 0; i < n_streams; i++)
    {
      if (counts[i] < 1 || counts[i] > FRAM_MAX_COMPONENTS)
        return invalid (error, "Option “components” gives each stream 1 to %d",
                        FRAM_MAX_COMPONENTS);
      request->session.n_components[i] = counts[i];
    }
  request->session.n_streams = n_streams;
  return TRUE;
}

static gboolean
read_role (FramRequest *request, GVariant *value, GError **error)
{
  const char *word = g_variant_get_string (value, NULL);

  if (g_str_equal (word, "controlling"))
    request->session.role = FRAM_ROLE_CONTROLLING;
  else if (g_str_equal (word, "controlled"))
    request->session.role = FRAM_ROLE_CONTROLLED;
  else
    return invalid (error, "Option “role” is “controlling” or “controlled”");
  request->session.role_fixed = TRUE;
  return TRUE;
}

static gboolean
read_policy (FramRequest *request, GVariant *value, GError **error)
{
  request->has_policy = TRUE;
  if (fram_policy_from_text (g_variant_get_string (value, NULL),
                             &request->session.policy))
    return TRUE;
  return invalid (error, "Option “policy” is “all”, “mdns”, “nohost” or “relay”");
}

static gboolean
read_trickle (FramRequest *request, GVariant *value, GError **error)
{
  request->session.trickle = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_tcp (FramRequest *request, GVariant *value, GError **error)
{
  request->session.tcp = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_lite (FramRequest *request, GVariant *value, GError **error)
{
  request->session.lite = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_pacing (FramRequest *request, GVariant *value, GError **error)
{
  guint32 pacing = g_variant_get_uint32 (value);

  if (pacing < FRAM_PACING_PROPOSED || pacing > FRAM_PACING_MAX)
    return invalid (error, "Option “pacing” is %d to %d milliseconds",
                    FRAM_PACING_PROPOSED, FRAM_PACING_MAX);
  request->session.pacing = pacing;
  return TRUE;
}

static gboolean
read_max_pairs (FramRequest *request, GVariant *value, GError **error)
{
  guint32 max_pairs = g_variant_get_uint32 (value);

  if (max_pairs < 1 || max_pairs > FRAM_MAX_PAIRS)
    return invalid (error, "Option “max-pairs” is 1 to %d", FRAM_MAX_PAIRS);
  request->session.max_pairs = max_pairs;
  return TRUE;
}

static gboolean
read_dscp (FramRequest *request, GVariant *value, GError **error)
{
  guint32 dscp = g_variant_get_uint32 (value);

  if (dscp > FRAM_DSCP_MAX)
    return invalid (error, "Option “dscp” is 0 to %d", FRAM_DSCP_MAX);
  request->session.dscp = (guint8) dscp;
  return TRUE;
}

static gboolean
read_servers (FramRequest *request, GVariant *value, GError **error)
{
  GVariantIter iter;
  FramServerOption server = { .password = "" };

  if (g_variant_iter_init (&iter, value) > FRAM_MAX_SERVERS)
    return invalid (error, "Option “servers” has at most %d servers", FRAM_MAX_SERVERS);
  while (g_variant_iter_next (&iter, "(&s&s)", &server.uri, &server.username))
    {
      gsize length = strlen (server.uri);

      if (length == 0 || length > MAX_URI || has_control_character (server.uri))
        return invalid (error, "Option “servers”: a URI has 1 to %d printable bytes",
                        MAX_URI);
      if (strlen (server.username) > MAX_USERNAME)
        return invalid (error, "Option “servers”: a user name has at most %d bytes",
                        MAX_USERNAME);
      request->session.servers[request->session.n_servers++] = server;
    }
  return TRUE;
}

static gboolean
read_settings_servers (FramRequest *request, GVariant *value, GError **error)
{
  request->session.own_servers_only = !g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_passwords (FramRequest *request, GVariant *value, GError **error)
{
  request->passwords_handle = g_variant_get_handle (value);
  return TRUE;
}

static gboolean
read_remote (FramRequest *request, GVariant *value, GError **error)
{
  g_autofree const char **words = NULL;
  const char *ufrag, *pwd;
  guint32 pacing;

  g_variant_get (value, "(&s&s^a&su)", &ufrag, &pwd, &words, &pacing);
  request->has_remote = TRUE;
  request->session.remote = &request->remote;
  return fram_remote_read_description (ufrag, pwd, words, pacing, &request->remote,
                                       error);
}

static gboolean
read_remote_candidates (FramRequest *request, GVariant *value, GError **error)
{
  request->remote_candidates = g_variant_ref (value);
  return TRUE;
}

static gboolean
read_remote_end (FramRequest *request, GVariant *value, GError **error)
{
  request->remote_end = g_variant_get_boolean (value);
  return TRUE;
}

static const Option option_table[] = {
  { "token", "s", read_token },
  { "label", "s", read_label },
  { "components", "au", read_components },
  { "role", "s", read_role },
  { "policy", "s", read_policy },
  { "trickle", "b", read_trickle },
  { "tcp", "b", read_tcp },
  { "lite", "b", read_lite },
  { "pacing", "u", read_pacing },
  { "max-pairs", "u", read_max_pairs },
  { "dscp", "u", read_dscp },
  { "servers", "a(ss)", read_servers },
  { "passwords", "h", read_passwords },
  { "settings-servers", "b", read_settings_servers },
  { "remote", "(ssasu)", read_remote },
  { "remote-candidates", "a(us)", read_remote_candidates },
  { "remote-end", "b", read_remote_end },
};

/* Return: the index, or G_N_ELEMENTS (option_table). */
static guint
find_option (const char *key)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (option_table); i++)
    {
      if (g_str_equal (option_table[i].key, key))
        break;
    }
  return i;
}

static gboolean
read_option (FramRequest *request, const char *key, GVariant *value, guint *seen,
             GError **error)
{
  guint index = find_option (key);

  if (index == G_N_ELEMENTS (option_table))
    return invalid (error, "There is no option “%s”", key);
  if (*seen & (1u << index))
    return invalid (error, "Option “%s” is given twice", key);
  *seen |= 1u << index;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option_table[index].type)))
    return invalid (error, "Option “%s” is of type “%s”, not “%s”", key,
                    option_table[index].type, g_variant_get_type_string (value));
  return option_table[index].read (request, value, error);
}

/* What one option says of another, when all have been read. */
static gboolean
check_together (FramRequest *request, guint seen, GError **error)
{
  gboolean has_end = (seen & (1u << find_option ("remote-end"))) != 0;

  if (request->passwords_handle >= 0 && request->session.n_servers == 0)
    return invalid (error, "Option “passwords” needs “servers”");
  if (request->remote_candidates != NULL && !request->has_remote)
    return invalid (error, "Option “remote-candidates” needs “remote”");
  if (has_end && !request->has_remote)
    return invalid (error, "Option “remote-end” needs “remote”");
  if (request->has_remote && !has_end)
    request->remote_end = TRUE;
  return request->remote_candidates == NULL
         || fram_remote_check_candidates (request->remote_candidates,
                                          MAX (request->session.n_streams, 1), error);
}

/* The broker wants the candidates of the first stream at creation: they decide the lane. */
static void
collect_first_lines (FramRequest *request)
{
  GVariantIter iter;
  const char *line;
  guint32 stream;
  gsize n = 0;

  if (request->remote_candidates == NULL)
    return;
  request->first_lines
      = g_new0 (const char *, g_variant_n_children (request->remote_candidates) + 1);
  g_variant_iter_init (&iter, request->remote_candidates);
  while (g_variant_iter_next (&iter, "(u&s)", &stream, &line))
    {
      if (stream == 0)
        request->first_lines[n++] = line;
    }
  request->session.remote_candidates = request->first_lines;
}

FramRequest *
fram_request_new (GVariant *options, GError **error)
{
  g_autoptr (FramRequest) request = g_new0 (FramRequest, 1);
  GVariantIter iter;
  const char *key;
  GVariant *inner;
  guint seen = 0;

  /* Made one block of bytes, so that the strings of all values live as long as it does. */
  request->source = g_variant_ref (options);
  g_variant_get_data (request->source);
  request->passwords_handle = -1;
  request->session.tcp = TRUE;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;

      if (!read_option (request, key, value, &seen, error))
        return NULL;
    }
  if (!check_together (request, seen, error))
    return NULL;
  collect_first_lines (request);
  return g_steal_pointer (&request);
}

void
fram_request_free (FramRequest *request)
{
  if (request == NULL)
    return;
  explicit_bzero (request->passwords, sizeof request->passwords);
  g_free (request->first_lines);
  g_clear_pointer (&request->remote_candidates, g_variant_unref);
  g_variant_unref (request->source);
  g_free (request);
}

gboolean
fram_request_apply_passwords (FramRequest *request, gsize length, GError **error)
{
  const char *next = request->passwords;
  const char *end = request->passwords + length;

  for (guint i = 0; i < request->session.n_servers; i++)
    {
      const char *nul = memchr (next, '\0', end - next);

      if (nul == NULL)
        return invalid (error, "Option “passwords” has fewer than the %u servers need",
                        request->session.n_servers);
      request->session.servers[i].password = next;
      next = nul + 1;
    }
  if (next != end)
    return invalid (error, "Option “passwords” has more than the %u servers need",
                    request->session.n_servers);
  return TRUE;
}
