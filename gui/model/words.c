#include "model/words.h"
#include "model/format.h"

/* --- States ------------------------------------------------------------------------ */

const char *
words_icon_of (FramState state)
{
  switch (state)
    {
    case FRAM_STATE_NEW:
      return "content-loading-symbolic";
    case FRAM_STATE_CHECKING:
      return "emblem-synchronizing-symbolic";
    case FRAM_STATE_CONNECTED:
    case FRAM_STATE_COMPLETED:
      return "emblem-ok-symbolic";
    case FRAM_STATE_DISCONNECTED:
      return "dialog-warning-symbolic";
    case FRAM_STATE_FAILED:
      return "dialog-error-symbolic";
    case FRAM_STATE_CLOSED:
      return "process-stop-symbolic";
    }
  return NULL;
}

const char *
words_style_of (FramState state)
{
  switch (state)
    {
    case FRAM_STATE_NEW:
    case FRAM_STATE_CLOSED:
      return "dim-label";
    case FRAM_STATE_CHECKING:
      return "accent";
    case FRAM_STATE_CONNECTED:
    case FRAM_STATE_COMPLETED:
      return "success";
    case FRAM_STATE_DISCONNECTED:
      return "warning";
    case FRAM_STATE_FAILED:
      return "error";
    }
  return NULL;
}

const char *
words_state_icon (FramRow *row)
{
  return words_icon_of (fram_row_get_number (row, "state"));
}

const char *
words_state_style (FramRow *row)
{
  return words_style_of (fram_row_get_number (row, "state"));
}

const char *
words_pair_icon (FramRow *row)
{
  if (fram_row_get_boolean (row, "selected"))
    return "starred-symbolic";
  switch ((FramPairState) fram_row_get_number (row, "state"))
    {
    case FRAM_PAIR_STATE_FROZEN:
      return "content-loading-symbolic";
    case FRAM_PAIR_STATE_WAITING:
      return "media-playback-pause-symbolic";
    case FRAM_PAIR_STATE_IN_PROGRESS:
      return "emblem-synchronizing-symbolic";
    case FRAM_PAIR_STATE_SUCCEEDED:
      return "emblem-ok-symbolic";
    case FRAM_PAIR_STATE_FAILED:
      return "dialog-error-symbolic";
    }
  return NULL;
}

const char *
words_pair_style (FramRow *row)
{
  switch ((FramPairState) fram_row_get_number (row, "state"))
    {
    case FRAM_PAIR_STATE_FROZEN:
    case FRAM_PAIR_STATE_WAITING:
      return "dim-label";
    case FRAM_PAIR_STATE_IN_PROGRESS:
      return "accent";
    case FRAM_PAIR_STATE_SUCCEEDED:
      return "success";
    case FRAM_PAIR_STATE_FAILED:
      return "error";
    }
  return NULL;
}

/* --- Sessions ---------------------------------------------------------------------- */

/* Cells keep the names of icons, which must live on: there are few. */
const char *
words_application_icon (FramRow *row)
{
  const char *icon = fram_row_get_string (row, "icon");

  return icon == NULL || *icon == '\0' ? "application-x-executable-symbolic"
                                       : g_intern_string (icon);
}

char *
words_server_host (const char *uri)
{
  const char *begin = strchr (uri, ':');
  const char *end;

  if (begin == NULL)
    return g_strdup (uri);
  begin++;
  if (*begin == '[')
    {
      end = strchr (begin, ']');
      return end == NULL ? g_strdup (begin) : g_strndup (begin, end + 1 - begin);
    }
  return g_strndup (begin, strcspn (begin, ":?"));
}

char *
words_path (FramRow *session)
{
  const char *relay = fram_row_get_string (session, "relay");

  if (*fram_row_get_string (session, "protocol") == '\0')
    return g_strdup (fram_row_get_number (session, "state") >= FRAM_STATE_FAILED
                         ? "none"
                         : "none yet");
  if (*relay != '\0')
    {
      g_autofree char *host = strchr (relay, ':') == strrchr (relay, ':')
                                      && g_str_has_prefix (relay, "turn")
                                  ? words_server_host (relay)
                                  : g_strdup (relay);

      return g_strconcat ("relayed by ", host, NULL);
    }
  if (fram_row_get_number (session, "local-type") == FRAM_CANDIDATE_TYPE_RELAY)
    return g_strdup ("relayed");
  if (fram_row_get_number (session, "remote-type") == FRAM_CANDIDATE_TYPE_RELAY)
    return g_strdup ("relayed by the peer's server");
  return g_strdup ("direct");
}

char *
words_path_and_time (FramRow *session)
{
  g_autofree char *path = words_path (session);
  g_autofree char *time = NULL;
  gint64 rtt = fram_row_get_number (session, "rtt");

  if (rtt < 0 || *fram_row_get_string (session, "protocol") == '\0')
    return g_steal_pointer (&path);
  time = format_duration (rtt);
  return g_strconcat (path, ", ", time, NULL);
}

char *
words_session_name (FramRow *session)
{
  const char *label = fram_row_get_string (session, "label");
  const char *path = fram_row_get_string (session, "path");
  const char *slash = strrchr (path, '/');

  if (*label != '\0')
    return g_strdup (label);
  return g_strdup (slash == NULL ? path : slash + 1);
}

/* --- Candidates and pairs ---------------------------------------------------------- */

const char *
words_candidate_type (int type)
{
  switch ((FramCandidateType) type)
    {
    case FRAM_CANDIDATE_TYPE_HOST:
      return "host";
    case FRAM_CANDIDATE_TYPE_SRFLX:
      return "server-reflexive";
    case FRAM_CANDIDATE_TYPE_PRFLX:
      return "peer-reflexive";
    case FRAM_CANDIDATE_TYPE_RELAY:
      return "relayed";
    }
  return "";
}

char *
words_type (FramRow *row)
{
  return g_strdup (words_candidate_type (fram_row_get_number (row, "type")));
}

char *
words_component (FramRow *row)
{
  return g_strdup_printf ("%d.%d", (int) fram_row_get_number (row, "stream"),
                          (int) fram_row_get_number (row, "component"));
}

/* --- Servers ----------------------------------------------------------------------- */

typedef enum
{
  HEALTH_UNKNOWN,
  HEALTH_ANSWERS,
  HEALTH_SILENT,
  HEALTH_NO_ADDRESS
} Health;

static Health
health_of (FramRow *server)
{
  gint64 success = fram_row_get_number (server, "success-age");
  gint64 failure = fram_row_get_number (server, "failure-age");

  if (*fram_row_get_string (server, "address") == '\0')
    return HEALTH_NO_ADDRESS;
  if (success < 0 && failure < 0)
    return HEALTH_UNKNOWN;
  if (success >= 0 && (failure < 0 || success <= failure))
    return HEALTH_ANSWERS;
  return HEALTH_SILENT;
}

char *
words_server_health (FramRow *server)
{
  switch (health_of (server))
    {
    case HEALTH_UNKNOWN:
      return g_strdup ("not asked yet");
    case HEALTH_ANSWERS:
      return g_strdup ("answers");
    case HEALTH_SILENT:
      return g_strdup ("silent");
    case HEALTH_NO_ADDRESS:
      return g_strdup ("name has no address");
    }
  return NULL;
}

const char *
words_server_icon (FramRow *server)
{
  switch (health_of (server))
    {
    case HEALTH_UNKNOWN:
      return "dialog-question-symbolic";
    case HEALTH_ANSWERS:
      return "emblem-ok-symbolic";
    case HEALTH_SILENT:
      return "dialog-warning-symbolic";
    case HEALTH_NO_ADDRESS:
      return "dialog-error-symbolic";
    }
  return NULL;
}

const char *
words_server_style (FramRow *server)
{
  switch (health_of (server))
    {
    case HEALTH_UNKNOWN:
      return "dim-label";
    case HEALTH_ANSWERS:
      return "success";
    case HEALTH_SILENT:
      return "warning";
    case HEALTH_NO_ADDRESS:
      return "error";
    }
  return NULL;
}

/* --- Mappings and relays ----------------------------------------------------------- */

static char *
in_words (FramRow *row, const char *const *words)
{
  const char *state = fram_row_get_string (row, "state");

  for (guint i = 0; words[i] != NULL; i += 2)
    if (strcmp (words[i], state) == 0)
      return g_strdup (words[i + 1]);
  return format_title (state);
}

char *
words_mapping_state (FramRow *mapping)
{
  static const char *const words[]
      = { "asking", "Being asked", "known", "Known", "deaf", "No answer", NULL };

  return in_words (mapping, words);
}

char *
words_relay_state (FramRow *relay)
{
  static const char *const words[]
      = { "asking", "Being made", "there", "Ready", "resting", "Failed", NULL };

  return in_words (relay, words);
}

const char *
words_relay_icon (FramRow *relay)
{
  const char *state = fram_row_get_string (relay, "state");

  if (strcmp (state, "there") == 0)
    return "emblem-ok-symbolic";
  if (strcmp (state, "asking") == 0)
    return "emblem-synchronizing-symbolic";
  return strcmp (state, "resting") == 0 ? "dialog-warning-symbolic"
                                        : "process-stop-symbolic";
}

const char *
words_relay_style (FramRow *relay)
{
  const char *state = fram_row_get_string (relay, "state");

  if (strcmp (state, "there") == 0)
    return "success";
  if (strcmp (state, "asking") == 0)
    return "accent";
  return strcmp (state, "resting") == 0 ? "warning" : "dim-label";
}
