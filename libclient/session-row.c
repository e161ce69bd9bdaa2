#include "session-row.h"

#include "row-columns.h"

/**
 * FramSessionRow:
 *
 * A session of any application of this user.
 */

static const FramColumn session_row_columns[] = {
  /**
   * FramSessionRow:id:
   *
   * Its number, for [method@Inspector.watch_session].
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramSessionRow:path:
   *
   * Its object path on the bus.
   */
  { "path", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:app-id:
   *
   * The id of the application: that of its desktop file, a Flatpak's, or empty.
   */
  { "app-id", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:app-name:
   *
   * Its name for people.
   */
  { "app-name", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:icon:
   *
   * The name of its icon; may be empty.
   */
  { "icon", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:pid:
   *
   * Its process; 0 if it is not known.
   */
  { "pid", G_TYPE_UINT, NULL, 0 },
  /**
   * FramSessionRow:command:
   *
   * The name of the process's command; may be empty.
   */
  { "command", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:label:
   *
   * What the session is for; may be empty.
   */
  { "label", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:role:
   *
   * Who decides which pair is used.
   */
  { "role", 0, fram_role_get_type, FRAM_ROLE_AUTOMATIC },
  /**
   * FramSessionRow:policy:
   *
   * Which candidates it may use.
   */
  { "policy", 0, fram_policy_get_type, FRAM_POLICY_ALL },
  /**
   * FramSessionRow:state:
   *
   * Its state.
   */
  { "state", 0, fram_state_get_type, FRAM_STATE_NEW },
  /**
   * FramSessionRow:cause:
   *
   * Why it is in that state, as a word for programs.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:why:
   *
   * Why it is where it is, from all that is known, as a word for programs.
   */
  { "why", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:why-text:
   *
   * The same as a sentence for people.
   */
  { "why-text", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:components:
   *
   * How many components each stream has: `au`.
   */
  { "components", G_TYPE_VARIANT, NULL, 0 },
  /**
   * FramSessionRow:n-pairs:
   *
   * The number of its candidate pairs.
   */
  { "n-pairs", G_TYPE_UINT, NULL, 0 },
  /**
   * FramSessionRow:started:
   *
   * When it was created, in microseconds since 1970, UTC.
   */
  { "started", G_TYPE_INT64, NULL, 0 },
  /**
   * FramSessionRow:bytes-sent:
   *
   * Bytes of the application's data that were sent.
   */
  { "bytes-sent", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramSessionRow:bytes-received:
   *
   * Those received.
   */
  { "bytes-received", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramSessionRow:local-type:
   *
   * The type of the local candidate of the path of its data; without a meaning if `local`
   * is empty.
   */
  { "local-type", 0, fram_candidate_type_get_type, FRAM_CANDIDATE_TYPE_HOST },
  /**
   * FramSessionRow:local:
   *
   * The local address of that path; empty if there is none.
   */
  { "local", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:remote-type:
   *
   * The type of the remote candidate of that path.
   */
  { "remote-type", 0, fram_candidate_type_get_type, FRAM_CANDIDATE_TYPE_HOST },
  /**
   * FramSessionRow:remote:
   *
   * The remote address of that path; empty if there is none.
   */
  { "remote", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:protocol:
   *
   * What this host speaks on it: `udp`, or to a relay also `tcp`, `tls` or `dtls`; empty
   * if there is none.
   */
  { "protocol", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:relay:
   *
   * The URI of this side's relay; empty if there is none.
   */
  { "relay", G_TYPE_STRING, NULL, 0 },
  /**
   * FramSessionRow:rtt:
   *
   * The round-trip time of the path in microseconds; -1 if it was not measured.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
};

/* So long is looked at least to tell how many bytes a second there are. */
#define WINDOW (G_USEC_PER_SEC * 9 / 10)

struct _FramSessionRow
{
  FramRow parent_instance;

  gboolean ended;
  gint64 since; /* when the bytes were these; 0: not yet */
  guint64 sent, received;
  guint64 send_rate, receive_rate;
};

enum
{
  PROP_SEND_RATE = G_N_ELEMENTS (session_row_columns) + 1,
  PROP_RECEIVE_RATE,
  PROP_ENDED,
};

static GParamSpec *send_rate, *receive_rate, *ended;

G_DEFINE_FINAL_TYPE (FramSessionRow, fram_session_row, FRAM_TYPE_ROW)

static void
fram_session_row_get_property (GObject *object, guint id, GValue *value,
                               GParamSpec *pspec)
{
  FramSessionRow *self = FRAM_SESSION_ROW (object);

  switch (id)
    {
    case PROP_SEND_RATE:
      g_value_set_uint64 (value, self->send_rate);
      break;
    case PROP_RECEIVE_RATE:
      g_value_set_uint64 (value, self->receive_rate);
      break;
    case PROP_ENDED:
      g_value_set_boolean (value, self->ended);
      break;
    default:
      G_OBJECT_CLASS (fram_session_row_parent_class)
          ->get_property (object, id, value, pspec);
    }
}

static void
fram_session_row_class_init (FramSessionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_session_row_get_property;
  fram_row_class_set_columns (FRAM_ROW_CLASS (klass), session_row_columns,
                              G_N_ELEMENTS (session_row_columns));
  /**
   * FramSessionRow:send-rate:
   *
   * Bytes of the application's data that are sent in a second, of late.
   */
  send_rate = g_param_spec_uint64 ("send-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_property (object_class, PROP_SEND_RATE, send_rate);
  /**
   * FramSessionRow:receive-rate:
   *
   * Bytes of the application's data that are received in a second, of late.
   */
  receive_rate
      = g_param_spec_uint64 ("receive-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_property (object_class, PROP_RECEIVE_RATE, receive_rate);
  /**
   * FramSessionRow:ended:
   *
   * Whether the session has ended: the row is in no list any more, and shows what was last.
   */
  ended = g_param_spec_boolean ("ended", NULL, NULL, FALSE, flags);
  g_object_class_install_property (object_class, PROP_ENDED, ended);
}

static void
fram_session_row_init (FramSessionRow *self)
{
}

static void
set_rate (FramSessionRow *self, guint64 *rate, guint64 value, GParamSpec *pspec)
{
  if (*rate == value)
    return;
  *rate = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static guint64
per_second (guint64 before, guint64 after, gint64 duration)
{
  return after > before
             ? (guint64) ((double) (after - before) * G_USEC_PER_SEC / (double) duration)
             : 0;
}

void
fram_session_row_measure (FramSessionRow *self, gint64 now)
{
  guint64 sent = (guint64) fram_row_get_number (FRAM_ROW (self), "bytes-sent");
  guint64 received = (guint64) fram_row_get_number (FRAM_ROW (self), "bytes-received");
  gint64 duration = now - self->since;

  if (self->since != 0 && duration < WINDOW)
    return;
  if (self->since != 0)
    {
      set_rate (self, &self->send_rate, per_second (self->sent, sent, duration),
                send_rate);
      set_rate (self, &self->receive_rate,
                per_second (self->received, received, duration), receive_rate);
    }
  self->since = now;
  self->sent = sent;
  self->received = received;
}

void
fram_session_row_end (FramSessionRow *self)
{
  set_rate (self, &self->send_rate, 0, send_rate);
  set_rate (self, &self->receive_rate, 0, receive_rate);
  if (self->ended)
    return;
  self->ended = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), ended);
}
