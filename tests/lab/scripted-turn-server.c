/* A TURN server that does what it is told, and misbehaves if it is told to:
 * `scripted-turn-server IP:PORT [WORD…]`, by UDP and TCP.
 *
 * Words are those of turn-script.h.  On its standard input it reads more of them, a line
 * each, and besides: `forget` (all allocations), `renew` (all nonces), `hang-up` (all TCP
 * connections), `count` (tells how many requests came).  It writes what happens, a line
 * each: `ready`, `allocated CLIENT RELAYED`, `deleted CLIENT RELAYED`. */
#include <glib-unix.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/sockaddr.h"
#include "io/stream-framer.h"
#include "served-client.h"

typedef struct
{
  FramAddress address;
  TurnScript script;
  int udp, tcp;
  GHashTable *datagrams; /* FramAddress -> Correspondent */
  GPtrArray *streams;    /* Connection */
  GString *line;
  GMainLoop *loop;
} Server;

/* Who asks by UDP. */
typedef struct
{
  Server *server;
  FramAddress address;
  ServedClient *client;
} Correspondent;

/* Who asks by TCP. */
typedef struct
{
  Server *server;
  int fd;
  guint source;
  FramStreamFramer framer;
  ServedClient *client;
} Connection;

/* --- By UDP ------------------------------------------------------------------------- */

static void
send_datagram (gpointer user_data, const guint8 *message, gsize length)
{
  const Correspondent *to = user_data;
  FramSockaddr address;
  socklen_t n = fram_sockaddr_from_address (&address, &to->address, 0);

  sendto (to->server->udp, message, length, 0, &address.any, n);
}

static void
correspondent_free (gpointer data)
{
  Correspondent *correspondent = data;

  served_client_free (correspondent->client);
  g_free (correspondent);
}

static Correspondent *
find_correspondent (Server *server, const FramAddress *address)
{
  Correspondent *found = g_hash_table_lookup (server->datagrams, address);

  if (found != NULL)
    return found;
  found = g_new0 (Correspondent, 1);
  found->server = server;
  found->address = *address;
  found->client = served_client_new (&server->script, address, &server->address,
                                     send_datagram, found);
  g_hash_table_insert (server->datagrams, &found->address, found);
  return found;
}

static gboolean
on_datagram (gint fd, GIOCondition condition, gpointer user_data)
{
  guint8 buffer[65536];
  FramSockaddr from;
  socklen_t from_length = sizeof from;
  FramAddress address;
  ssize_t n = recvfrom (fd, buffer, sizeof buffer, 0, &from.any, &from_length);

  if (n > 0 && fram_sockaddr_to_address (&from, from_length, &address))
    served_client_take (find_correspondent (user_data, &address)->client, buffer,
                        (gsize) n);
  return G_SOURCE_CONTINUE;
}

/* --- By TCP ------------------------------------------------------------------------- */

static void
send_all (const Connection *connection, const guint8 *bytes, gsize length)
{
  gsize step = connection->server->script.in_pieces ? 1 : length;

  /* Whoever hangs up is noticed where there is something to be read. */
  for (gsize i = 0; i < length; i += step)
    if (send (connection->fd, bytes + i, step, MSG_NOSIGNAL) < 0)
      return;
}

static void
send_by_stream (gpointer user_data, const guint8 *message, gsize length)
{
  static const guint8 padding[3];

  send_all (user_data, message, length);
  if (fram_stream_get_padding (message, length) > 0)
    send_all (user_data, padding, fram_stream_get_padding (message, length));
}

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_source_remove (connection->source);
  close (connection->fd);
  fram_stream_framer_clear (&connection->framer);
  served_client_free (connection->client);
  g_free (connection);
}

static gboolean
on_stream (gint fd, GIOCondition condition, gpointer user_data)
{
  Connection *connection = user_data;
  guint8 buffer[65536];
  ssize_t n = recv (fd, buffer, sizeof buffer, 0);
  const guint8 *message;
  gsize length;

  if (n <= 0)
    {
      g_ptr_array_remove (connection->server->streams, connection);
      return G_SOURCE_CONTINUE;
    }
  fram_stream_framer_push (&connection->framer, buffer, (gsize) n);
  while (fram_stream_framer_next (&connection->framer, &message, &length)
         == FRAM_STREAM_FRAME_MESSAGE)
    served_client_take (connection->client, message, length);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_connection (gint fd, GIOCondition condition, gpointer user_data)
{
  Server *server = user_data;
  FramSockaddr from;
  socklen_t from_length = sizeof from;
  FramAddress address;
  Connection *connection;
  int yes = 1, accepted = accept (fd, &from.any, &from_length);

  if (accepted < 0 || !fram_sockaddr_to_address (&from, from_length, &address))
    return G_SOURCE_CONTINUE;
  setsockopt (accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connection = g_new0 (Connection, 1);
  connection->server = server;
  connection->fd = accepted;
  fram_stream_framer_init (&connection->framer, TRUE);
  connection->source = g_unix_fd_add (accepted, G_IO_IN, on_stream, connection);
  connection->client = served_client_new (&server->script, &address, &server->address,
                                          send_by_stream, connection);
  g_ptr_array_add (server->streams, connection);
  return G_SOURCE_CONTINUE;
}

/* --- Commands ----------------------------------------------------------------------- */

/* Return: (transfer container): ServedClient. */
static GPtrArray *
list_clients (const Server *server)
{
  GPtrArray *clients = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, server->datagrams);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (clients, ((Correspondent *) value)->client);
  for (guint i = 0; i < server->streams->len; i++)
    g_ptr_array_add (clients,
                     ((Connection *) g_ptr_array_index (server->streams, i))->client);
  return clients;
}

static void
count (const GPtrArray *clients)
{
  static const FramStunMethod methods[]
      = { FRAM_STUN_ALLOCATE, FRAM_STUN_REFRESH, FRAM_STUN_CREATE_PERMISSION,
          FRAM_STUN_CHANNEL_BIND };

  printf ("counted");
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      guint n = 0;

      for (guint j = 0; j < clients->len; j++)
        n += served_client_count (g_ptr_array_index (clients, j), methods[i]);
      printf (" %u", n);
    }
  printf ("\n");
}

static void
for_each (GPtrArray *clients, void (*act) (ServedClient *))
{
  for (guint i = 0; i < clients->len; i++)
    act (g_ptr_array_index (clients, i));
}

static void
obey (Server *server, const char *word)
{
  g_autoptr (GPtrArray) clients = list_clients (server);

  if (strcmp (word, "count") == 0)
    count (clients);
  else if (strcmp (word, "forget") == 0)
    for_each (clients, served_client_forget);
  else if (strcmp (word, "renew") == 0)
    for_each (clients, served_client_renew_nonce);
  else if (strcmp (word, "hang-up") == 0)
    g_ptr_array_set_size (server->streams, 0);
  else if (turn_script_obey (&server->script, word))
    for_each (clients, served_client_follow);
  else
    printf ("unknown %s\n", word);
  fflush (stdout);
}

static gboolean
on_command (gint fd, GIOCondition condition, gpointer user_data)
{
  Server *server = user_data;
  char buffer[1024];
  ssize_t n = read (fd, buffer, sizeof buffer);
  char *end;

  if (n <= 0)
    {
      g_main_loop_quit (server->loop);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (server->line, buffer, n);
  while ((end = strchr (server->line->str, '\n')) != NULL)
    {
      *end = '\0';
      obey (server, server->line->str);
      g_string_erase (server->line, 0, end + 1 - server->line->str);
    }
  return G_SOURCE_CONTINUE;
}

/* --- The program -------------------------------------------------------------------- */

static int
open_socket (const FramAddress *address, int type)
{
  FramSockaddr own;
  socklen_t length = fram_sockaddr_from_address (&own, address, 0);
  int yes = 1, fd = socket (own.any.sa_family, type | SOCK_CLOEXEC, 0);

  if (fd >= 0 && type == SOCK_STREAM)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind (fd, &own.any, length) != 0
      || (type == SOCK_STREAM && listen (fd, SOMAXCONN) != 0))
    {
      perror ("scripted-turn-server");
      exit (EXIT_FAILURE);
    }
  return fd;
}

static gboolean
on_terminate (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
serve (Server *server)
{
  server->udp = open_socket (&server->address, SOCK_DGRAM);
  server->tcp = open_socket (&server->address, SOCK_STREAM);
  server->datagrams = g_hash_table_new_full (fram_address_hash, fram_address_equal, NULL,
                                             correspondent_free);
  server->streams = g_ptr_array_new_with_free_func (connection_free);
  server->line = g_string_new (NULL);
  server->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_terminate, server->loop);
  g_unix_fd_add (server->udp, G_IO_IN, on_datagram, server);
  g_unix_fd_add (server->tcp, G_IO_IN, on_connection, server);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN, on_command, server);
  printf ("ready\n");
  fflush (stdout);
  g_main_loop_run (server->loop);
  g_ptr_array_unref (server->streams);
  g_hash_table_unref (server->datagrams);
  g_string_free (server->line, TRUE);
  g_main_loop_unref (server->loop);
  close (server->udp);
  close (server->tcp);
  turn_script_clear (&server->script);
}

int
main (int argc, char **argv)
{
  Server server = { 0 };

  if (argc < 2 || !fram_address_parse (&server.address, argv[1]))
    {
      fprintf (stderr, "usage: scripted-turn-server IP:PORT [WORD…]\n");
      return 2;
    }
  for (int i = 2; i < argc; i++)
    if (!turn_script_obey (&server.script, argv[i]))
      {
        fprintf (stderr, "scripted-turn-server: “%s” is no word\n", argv[i]);
        return 2;
      }
  serve (&server);
  return EXIT_SUCCESS;
}
