/* A TURN client with a socket, to be told what to do: `turn-client SERVER [OPTION…]`.
 *
 * It reads commands, a line each: `permit PEER`, `bind PEER`, `send PEER TEXT`, `connect PEER`,
 * `write PEER TEXT` (to a connection), `close`.  It writes what happens, a line each, as `allocated
 * 203.0.113.2:50000`, `data 192.0.2.1:5 hello`, `ended closed 0`. */
#include <arpa/inet.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "turn-connections.h"

typedef struct
{
  FramRandom random;
  FramTurn *turn;
  FramTurnConfig config;
  GMainLoop *loop;
  guint timer;
  int fd;
  gboolean mobile;
  TurnConnections connections;
  GByteArray *stream; /* of a TCP connection, what has come so far */
  GString *line;
} Client;

static void kick (Client *client);

static void
fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    ret_bytes[i] = (guint8) g_random_int ();
}

static gboolean
on_timer (gpointer user_data)
{
  Client *client = user_data;

  client->timer = 0;
  fram_turn_advance (client->turn, g_get_monotonic_time ());
  kick (client);
  return G_SOURCE_REMOVE;
}

/* --- What happens ------------------------------------------------------------------ */

static void
say (const char *word, const FramAddress *peer)
{
  char text[FRAM_ADDRESS_TEXT];

  printf ("%s %s\n", word, fram_address_to_text (peer, text));
}

static void
say_number (const char *word, const FramAddress *peer, guint number)
{
  char text[FRAM_ADDRESS_TEXT];

  printf ("%s %s %u\n", word, fram_address_to_text (peer, text), number);
}

static void
say_allocated (Client *client)
{
  FramAddress address;

  if (fram_turn_get_relayed (client->turn, FRAM_FAMILY_IPV4, &address))
    say ("allocated", &address);
  if (fram_turn_get_relayed (client->turn, FRAM_FAMILY_IPV6, &address))
    say ("allocated", &address);
  fram_turn_get_mapped (client->turn, &address);
  say ("mapped", &address);
}

static void
say_event (Client *client, const FramTurnEvent *event)
{
  switch (event->type)
    {
    case FRAM_TURN_EVENT_TRANSMIT:
      if (event->connection != 0)
        turn_connections_transmit (&client->connections, event);
      else if (send (client->fd, event->data, event->length, MSG_NOSIGNAL) < 0)
        printf ("unsent\n");
      break;
    case FRAM_TURN_EVENT_ALLOCATED:
      say_allocated (client);
      break;
    case FRAM_TURN_EVENT_REPLACE:
      printf ("replace %s %u\n", fram_turn_outcome_to_word (event->outcome), event->code);
      break;
    case FRAM_TURN_EVENT_MOVED:
      printf ("moved\n");
      break;
    case FRAM_TURN_EVENT_PERMITTED:
      say ("permitted", &event->peer);
      break;
    case FRAM_TURN_EVENT_REFUSED:
      say_number ("refused", &event->peer, event->code);
      break;
    case FRAM_TURN_EVENT_BOUND:
      say_number ("bound", &event->peer, event->channel);
      break;
    case FRAM_TURN_EVENT_UNBOUND:
      say_number ("unbound", &event->peer, event->code);
      break;
    case FRAM_TURN_EVENT_UNREACHABLE:
      say_number ("unreachable", &event->peer, event->icmp_type);
      break;
    case FRAM_TURN_EVENT_CONNECTED:
      say ("connected", &event->peer);
      turn_connections_open (&client->connections, event->connection, &event->peer);
      break;
    case FRAM_TURN_EVENT_INCOMING:
      say ("incoming", &event->peer);
      turn_connections_open (&client->connections, event->connection, &event->peer);
      break;
    case FRAM_TURN_EVENT_CONNECT_FAILED:
      say_number ("connect-failed", &event->peer, event->code);
      break;
    case FRAM_TURN_EVENT_CONNECTION_BOUND:
    case FRAM_TURN_EVENT_CONNECTION_FAILED:
      turn_connections_bound (&client->connections, event->connection,
                              event->type == FRAM_TURN_EVENT_CONNECTION_BOUND);
      break;
    case FRAM_TURN_EVENT_ENDED:
      printf ("ended %s %u\n", fram_turn_outcome_to_word (event->outcome), event->code);
      g_main_loop_quit (client->loop);
      break;
    }
}

static void
kick (Client *client)
{
  FramTurnEvent event;
  FramTime deadline;

  while (fram_turn_pop (client->turn, &event))
    {
      say_event (client, &event);
      fram_turn_event_clear (&event);
    }
  fflush (stdout);
  g_clear_handle_id (&client->timer, g_source_remove);
  deadline = fram_turn_deadline (client->turn);
  if (deadline != FRAM_TIME_NEVER)
    client->timer
        = g_timeout_add ((guint) (MAX (deadline - g_get_monotonic_time (), 0) / 1000 + 1),
                         on_timer, client);
}

static void
take_message (Client *client, const guint8 *message, gsize length)
{
  const guint8 *data;
  FramAddress peer;
  gsize n;

  if (fram_turn_receive (client->turn, message, length, g_get_monotonic_time (), &peer,
                         &data, &n)
      == FRAM_TURN_RECEIVED_DATA)
    {
      g_autofree char *text = g_strndup ((const char *) data, n);
      char from[FRAM_ADDRESS_TEXT];

      printf ("data %s %s\n", fram_address_to_text (&peer, from), text);
    }
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  Client *client = user_data;
  guint8 buffer[65536];
  ssize_t n = recv (fd, buffer, sizeof buffer, 0);

  if (n <= 0 && client->config.reliable)
    {
      printf ("hung-up\n");
      fflush (stdout);
      g_main_loop_quit (client->loop);
    }
  if (n <= 0)
    return !client->config.reliable;
  if (!client->config.reliable)
    take_message (client, buffer, (gsize) n);
  else
    {
      g_byte_array_append (client->stream, buffer, (guint) n);
      while (turn_whole_length (client->stream) <= client->stream->len)
        {
          gsize length = turn_whole_length (client->stream);

          take_message (client, client->stream->data, length);
          g_byte_array_remove_range (client->stream, 0, (guint) length);
        }
    }
  kick (client);
  return G_SOURCE_CONTINUE;
}

/* --- What is to be done ------------------------------------------------------------ */

static void
send_text (Client *client, const FramAddress *peer, const char *text)
{
  guint8 buffer[2048];
  gsize length = fram_turn_wrap (client->turn, peer, (const guint8 *) text, strlen (text),
                                 buffer, sizeof buffer, g_get_monotonic_time ());

  if (length == 0 || send (client->fd, buffer, length, MSG_NOSIGNAL) < 0)
    printf ("unsent\n");
}

static void
obey (Client *client, char **words)
{
  FramTime now = g_get_monotonic_time ();
  FramAddress peer = { 0 };

  if (words[0] == NULL)
    return;
  if (words[1] != NULL)
    fram_address_parse (&peer, words[1]);
  if (strcmp (words[0], "close") == 0)
    fram_turn_close (client->turn, now);
  else if (strcmp (words[0], "permit") == 0)
    printf ("%s", fram_turn_permit (client->turn, &peer, now) ? "" : "impossible\n");
  else if (strcmp (words[0], "bind") == 0)
    printf ("%s", fram_turn_bind (client->turn, &peer, now) ? "" : "impossible\n");
  else if (strcmp (words[0], "connect") == 0)
    printf ("%s", fram_turn_connect (client->turn, &peer, now) ? "" : "impossible\n");
  else if (strcmp (words[0], "write") == 0 && words[1] != NULL && words[2] != NULL)
    printf ("%s", turn_connections_write (&client->connections, &peer, words[2])
                      ? ""
                      : "unsent\n");
  else if (strcmp (words[0], "send") == 0 && words[1] != NULL && words[2] != NULL)
    send_text (client, &peer, words[2]);
  else
    printf ("unknown\n");
}

static gboolean
on_command (gint fd, GIOCondition condition, gpointer user_data)
{
  Client *client = user_data;
  char buffer[1024];
  ssize_t n = read (fd, buffer, sizeof buffer);
  char *end;

  if (n <= 0)
    {
      g_main_loop_quit (client->loop);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (client->line, buffer, n);
  while ((end = strchr (client->line->str, '\n')) != NULL)
    {
      g_auto (GStrv) words = NULL;

      *end = '\0';
      words = g_strsplit (client->line->str, " ", 3);
      obey (client, words);
      g_string_erase (client->line, 0, end + 1 - client->line->str);
    }
  kick (client);
  return G_SOURCE_CONTINUE;
}

/* --- Beginning --------------------------------------------------------------------- */

static void
read_options (Client *client, int argc, char **argv)
{
  gboolean both = FALSE, ipv6 = FALSE;
  gint lifetime = 0;
  const GOptionEntry entries[] = {
    { "user", 0, 0, G_OPTION_ARG_STRING, &client->config.credential.username, "", "" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &client->config.credential.password, "",
      "" },
    { "tcp", 0, 0, G_OPTION_ARG_NONE, &client->config.reliable, "", NULL },
    { "relay-tcp", 0, 0, G_OPTION_ARG_NONE, &client->config.relays_tcp, "", NULL },
    { "both", 0, 0, G_OPTION_ARG_NONE, &both, "", NULL },
    { "ipv6", 0, 0, G_OPTION_ARG_NONE, &ipv6, "", NULL },
    { "mobility", 0, 0, G_OPTION_ARG_NONE, &client->mobile, "", NULL },
    { "dont-fragment", 0, 0, G_OPTION_ARG_NONE, &client->config.dont_fragment, "", NULL },
    { "lifetime", 0, 0, G_OPTION_ARG_INT, &lifetime, "", "" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SERVER");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2
      || !fram_address_parse (&client->config.server, argv[1]))
    {
      fprintf (stderr, "turn-client: %s\n", error != NULL ? error->message : "SERVER?");
      exit (2);
    }
  if (client->mobile)
    client->config.mobility = FRAM_TURN_MAYBE_MOBILE;
  client->config.lifetime = (guint32) lifetime;
  client->config.families = both   ? FRAM_TURN_IPV4 | FRAM_TURN_IPV6
                            : ipv6 ? FRAM_TURN_IPV6
                                   : FRAM_TURN_ANY_FAMILY;
}

int
main (int argc, char **argv)
{
  Client client = { .random = { fill } };

  read_options (&client, argc, argv);
  client.loop = g_main_loop_new (NULL, FALSE);
  client.stream = g_byte_array_new ();
  client.line = g_string_new (NULL);
  client.fd = turn_open_socket (&client.config.server, client.config.reliable);
  client.turn = fram_turn_new (&client.config, &client.random, g_get_monotonic_time ());
  client.connections.turn = client.turn;
  client.connections.server = &client.config.server;
  client.connections.kick = (void (*) (gpointer)) kick;
  client.connections.user_data = &client;
  turn_connections_init (&client.connections);
  g_unix_fd_add (client.fd, G_IO_IN, on_readable, &client);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN, on_command, &client);
  kick (&client);
  g_main_loop_run (client.loop);
  g_clear_handle_id (&client.timer, g_source_remove);
  turn_connections_clear (&client.connections);
  fram_turn_free (client.turn);
  close (client.fd);
  g_byte_array_unref (client.stream);
  g_string_free (client.line, TRUE);
  g_main_loop_unref (client.loop);
  g_free ((char *) client.config.credential.username);
  g_free ((char *) client.config.credential.password);
  return EXIT_SUCCESS;
}
