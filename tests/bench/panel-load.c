/* panel-load: many sessions of framd that are always busy.  SESSIONS sessions get a peer with so
 * many candidates that each has PAIRS pairs, which are checked and never answered.  Says
 * "ready" when all are there.  Until its input ends, it makes CHANGES changes a second, and writes a
 * byte for each: of every four, two are of the session in the middle; another session ends, and one
 * comes in its place.  In the middle the peer tells of another candidate, and when all were told,
 * the session begins anew (an ICE restart), with most of them at once.  With "restarts", all of
 * them are told at once, and so it begins anew with each change.  A service that does not keep up is
 * waited for, and what was not made in time is made then. */
#include <errno.h>
#include <fram.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <unistd.h>

/* The bus lets nobody wait for more than 128 answers. */
#define MAX_UNANSWERED 64

#define must(done)                                                                       \
  G_STMT_START                                                                           \
  {                                                                                      \
    if (!(done))                                                                         \
      g_error ("%s", error->message);                                                    \
  }                                                                                      \
  G_STMT_END

/* What says that it is of the peer. */
#define UFRAG "peer"
#define PASSWORD "0123456789012345678901"

/* Sockets that take what comes and say nothing, so that checks neither work nor fail at once.
 *
 * Return: (transfer full): the candidates that they are. */
static GPtrArray *
open_silent_peer (GPtrArray *sockets, guint n_candidates)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_candidates; i++)
    {
      GSocketFamily family = i % 2 == 0 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
      const char *host = i % 2 == 0 ? "10.77.0.1" : "fd00:77::1";
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
      g_autoptr (GSocketAddress) bound = NULL;
      GSocket *socket
          = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

      must (socket != NULL);
      g_ptr_array_add (sockets, socket);
      must (g_socket_bind (socket, any, FALSE, &error));
      bound = g_socket_get_local_address (socket, &error);
      must (bound != NULL);
      g_ptr_array_add (lines, g_strdup_printf ("candidate:%u %u udp %u %s %u typ host",
                                               i + 1, 1 + i / 2 % 2, 2130706431 - i, host,
                                               g_inet_socket_address_get_port (
                                                   G_INET_SOCKET_ADDRESS (bound))));
    }
  return lines;
}

/* Return: (transfer full): the peer with the first `n` of its candidates. */
static FramDescription *
describe (GPtrArray *lines, guint n)
{
  FramDescription *peer = fram_description_new (UFRAG, PASSWORD);

  for (guint i = 0; i < n; i++)
    fram_description_add_candidate (peer, 0, g_ptr_array_index (lines, i));
  return peer;
}

static gboolean
has_pairs (FramSession *session, guint n_pairs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pairs = fram_session_get_pairs_sync (session, NULL, &error);

  must (pairs != NULL);
  return pairs->len >= n_pairs;
}

/* Return: (transfer full). */
static FramSessionOptions *
new_options (guint number)
{
  FramSessionOptions *options = fram_session_options_new ();
  g_autofree char *label = g_strdup_printf ("Call %u", number);

  fram_session_options_set_trickle (options, TRUE);
  fram_session_options_set_label (options, label);
  /* Two components share what a peer may have of candidates for each. */
  fram_session_options_add_stream (options, 2);
  return options;
}

static FramSession *
open_session (FramClient *client, FramDescription *peer, guint number)
{
  g_autoptr (FramSessionOptions) options = new_options (number);
  g_autoptr (GError) error = NULL;
  FramSession *session;

  session = fram_client_create_session_sync (client, options, NULL, &error);
  must (session != NULL);
  must (fram_session_set_remote_description_sync (session, peer, NULL, &error));
  return session;
}

/* --- Changes ----------------------------------------------------------------------- */

typedef struct
{
  FramClient *client;
  GPtrArray *sessions; /* but the one in the middle, NULL: it is ending, or beginning */
  FramSession *middle;
  GPtrArray *lines; /* the peer's candidates, all */
  FramDescription *peer;
  guint
      n_at_once; /* of them, that the one in the middle is told of when it begins anew */
  guint n_told;  /* of them, to the one in the middle */
  gint64 began;
  guint rate; /* changes a second */
  guint n_changes, n_unanswered;
  guint next; /* of the sessions */
} Crowd;

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ((Crowd *) user_data)->n_unanswered--;
  must (fram_session_restart_finish (FRAM_SESSION (source), result, &error));
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ((Crowd *) user_data)->n_unanswered--;
  must (
      fram_session_set_remote_description_finish (FRAM_SESSION (source), result, &error));
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ((Crowd *) user_data)->n_unanswered--;
  must (
      fram_session_add_remote_candidates_finish (FRAM_SESSION (source), result, &error));
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ((Crowd *) user_data)->n_unanswered--;
  must (fram_session_close_finish (FRAM_SESSION (source), result, &error));
  g_object_unref (source);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Crowd *crowd = user_data;
  g_autoptr (GError) error = NULL;
  FramSession *session
      = fram_client_create_session_finish (FRAM_CLIENT (source), result, &error);

  must (session != NULL);
  crowd->n_unanswered--;
  for (guint i = 0; i < crowd->sessions->len; i++)
    if (g_ptr_array_index (crowd->sessions, i) == NULL)
      {
        g_ptr_array_index (crowd->sessions, i) = session;
        return;
      }
  g_assert_not_reached ();
}

/* The next one that is there ends. */
static void
end_one (Crowd *crowd)
{
  gpointer *place = &g_ptr_array_index (crowd->sessions, crowd->next);

  crowd->next = (crowd->next + 1) % crowd->sessions->len;
  crowd->n_unanswered++;
  fram_session_close_async (*place, NULL, on_ended, crowd);
  *place = NULL;
}

static void
begin_one (Crowd *crowd)
{
  g_autoptr (FramSessionOptions) options = new_options (1000 + crowd->n_changes);

  fram_session_options_set_remote (options, crowd->peer);
  crowd->n_unanswered++;
  fram_client_create_session_async (crowd->client, options, NULL, on_begun, crowd);
}

static void
begin_middle_anew (Crowd *crowd)
{
  g_autoptr (FramDescription) first = NULL;

  crowd->n_told = crowd->n_at_once;
  first = describe (crowd->lines, crowd->n_told);
  crowd->n_unanswered += 2;
  fram_session_restart_async (crowd->middle, NULL, on_restarted, crowd);
  fram_session_set_remote_description_async (crowd->middle, first, NULL, on_described,
                                             crowd);
}

static void
change_middle (Crowd *crowd)
{
  const char *one[2] = { NULL };

  if (crowd->n_told == crowd->lines->len)
    {
      begin_middle_anew (crowd);
      return;
    }
  one[0] = g_ptr_array_index (crowd->lines, crowd->n_told++);
  crowd->n_unanswered++;
  fram_session_add_remote_candidates_async (crowd->middle, UFRAG, 0, one, NULL, on_told,
                                            crowd);
}

static void
change (Crowd *crowd)
{
  switch (crowd->n_changes++ % 4)
    {
    case 0:
    case 1:
      change_middle (crowd);
      break;
    case 2:
      end_one (crowd);
      break;
    case 3:
      begin_one (crowd);
      break;
    }
  if (write (STDOUT_FILENO, ".", 1) != 1)
    g_error ("Nobody counts the changes: %s", g_strerror (errno));
}

/* A timer that is late would make it fewer. */
static gboolean
on_change (gpointer data)
{
  Crowd *crowd = data;
  gint64 due = (g_get_monotonic_time () - crowd->began) * crowd->rate / G_USEC_PER_SEC;

  while (crowd->n_changes < due && crowd->n_unanswered < MAX_UNANSWERED
         && g_ptr_array_index (crowd->sessions, crowd->next) != NULL)
    change (crowd);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (FramDescription) peer = NULL;
  g_autoptr (FramClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gboolean restarts = argc == 5 && strcmp (argv[4], "restarts") == 0;
  gboolean known = restarts || (argc == 5 && strcmp (argv[4], "candidates") == 0);
  guint n_sessions = known ? g_ascii_strtoull (argv[1], NULL, 10) : 0;
  guint n_pairs = known ? g_ascii_strtoull (argv[2], NULL, 10) : 0;
  guint n_changes = known ? g_ascii_strtoull (argv[3], NULL, 10) : 0;
  Crowd crowd = { 0 };

  if (n_sessions < 2 || n_pairs == 0 || n_changes < 2)
    {
      g_printerr ("usage: panel-load SESSIONS PAIRS CHANGES candidates|restarts\n");
      return 2;
    }
  client = fram_client_new_sync (NULL, NULL, &error);
  must (client != NULL);
  lines = open_silent_peer (sockets, n_pairs);
  peer = describe (lines, n_pairs);
  for (guint i = 0; i < n_sessions; i++)
    g_ptr_array_add (sessions, open_session (client, peer, i + 1));
  for (guint i = 0; i < n_sessions; i++)
    while (!has_pairs (g_ptr_array_index (sessions, i), n_pairs))
      g_main_context_iteration (NULL, FALSE);
  crowd = (Crowd){ .client = client,
                   .sessions = sessions,
                   .lines = lines,
                   .peer = peer,
                   .n_at_once = restarts ? n_pairs : n_pairs * 3 / 4,
                   .n_told = n_pairs,
                   .began = g_get_monotonic_time (),
                   .rate = n_changes };
  crowd.middle = g_ptr_array_steal_index (sessions, sessions->len / 2);
  g_timeout_add (1000 / n_changes, on_change, &crowd);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, loop);
  g_print ("ready\n");
  g_main_loop_run (loop);
  return 0;
}
