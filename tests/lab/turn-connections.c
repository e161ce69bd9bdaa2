#include "turn-connections.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  TurnConnections *connections;
  guint32 id;
  FramAddress peer;
  int fd;
  guint source;
  gboolean is_bound; /* the bytes are the peer's */
  GByteArray *bytes; /* of the answer of the server */
} Connection;

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_clear_handle_id (&connection->source, g_source_remove);
  close (connection->fd);
  g_byte_array_unref (connection->bytes);
  g_free (connection);
}

void
turn_connections_init (TurnConnections *connections)
{
  connections->all = g_ptr_array_new_with_free_func (connection_free);
}

void
turn_connections_clear (TurnConnections *connections)
{
  g_ptr_array_unref (connections->all);
}

int
turn_open_socket (const FramAddress *server, gboolean reliable)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = htons (server->port) };
  int fd = socket (AF_INET, (reliable ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

  memcpy (&address.sin_addr, server->ip, 4);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      perror ("turn-client");
      exit (EXIT_FAILURE);
    }
  return fd;
}

gsize
turn_whole_length (const GByteArray *stream)
{
  gsize length;

  if (stream->len < 4)
    return G_MAXSIZE;
  length = (gsize) stream->data[2] << 8 | stream->data[3];
  return stream->data[0] < 64 ? length + 20 : 4 + (length + 3) / 4 * 4;
}

/* --- From the server --------------------------------------------------------------- */

static void
say_bytes (const Connection *connection)
{
  g_autofree char *text
      = g_strndup ((const char *) connection->bytes->data, connection->bytes->len);
  char peer[FRAM_ADDRESS_TEXT];

  if (connection->bytes->len > 0)
    printf ("stream %s %s\n", fram_address_to_text (&connection->peer, peer), text);
  g_byte_array_set_size (connection->bytes, 0);
}

/* RFC 6062 §4.3: after the answer to ConnectionBind, every byte is the peer's. */
static void
take_answer (Connection *connection)
{
  gsize length = turn_whole_length (connection->bytes), n;
  const guint8 *data;
  FramAddress peer;

  if (length > connection->bytes->len)
    return;
  fram_turn_receive (connection->connections->turn, connection->bytes->data, length,
                     g_get_monotonic_time (), &peer, &data, &n);
  g_byte_array_remove_range (connection->bytes, 0, (guint) length);
  connection->connections->kick (connection->connections->user_data);
  say_bytes (connection);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  Connection *connection = user_data;
  char peer[FRAM_ADDRESS_TEXT];
  guint8 buffer[4096];
  ssize_t n = recv (fd, buffer, sizeof buffer, 0);

  if (n <= 0)
    {
      printf ("over %s\n", fram_address_to_text (&connection->peer, peer));
      fflush (stdout);
      connection->source = 0;
      g_ptr_array_remove (connection->connections->all, connection);
      return G_SOURCE_REMOVE;
    }
  g_byte_array_append (connection->bytes, buffer, (guint) n);
  if (connection->is_bound)
    say_bytes (connection);
  else
    take_answer (connection);
  fflush (stdout);
  return G_SOURCE_CONTINUE;
}

/* --- To the server ----------------------------------------------------------------- */

static Connection *
find (TurnConnections *connections, guint32 id)
{
  for (guint i = 0; i < connections->all->len; i++)
    {
      Connection *connection = g_ptr_array_index (connections->all, i);

      if (connection->id == id)
        return connection;
    }
  return NULL;
}

void
turn_connections_open (TurnConnections *connections, guint32 id, const FramAddress *peer)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->connections = connections;
  connection->id = id;
  connection->peer = *peer;
  connection->fd = turn_open_socket (connections->server, TRUE);
  connection->bytes = g_byte_array_new ();
  connection->source = g_unix_fd_add (connection->fd, G_IO_IN, on_readable, connection);
  g_ptr_array_add (connections->all, connection);
  fram_turn_bind_connection (connections->turn, id, g_get_monotonic_time ());
}

void
turn_connections_transmit (TurnConnections *connections, const FramTurnEvent *event)
{
  const Connection *connection = find (connections, event->connection);

  if (connection == NULL
      || send (connection->fd, event->data, event->length, MSG_NOSIGNAL) < 0)
    printf ("unsent\n");
}

void
turn_connections_bound (TurnConnections *connections, guint32 id, gboolean is_bound)
{
  Connection *connection = find (connections, id);
  char peer[FRAM_ADDRESS_TEXT];

  if (connection == NULL)
    return;
  connection->is_bound = is_bound;
  printf ("%s %s\n", is_bound ? "joined" : "not-joined",
          fram_address_to_text (&connection->peer, peer));
}

gboolean
turn_connections_write (TurnConnections *connections, const FramAddress *peer,
                        const char *text)
{
  for (guint i = 0; i < connections->all->len; i++)
    {
      const Connection *connection = g_ptr_array_index (connections->all, i);

      if (connection->is_bound && fram_address_equal (&connection->peer, peer))
        return send (connection->fd, text, strlen (text), MSG_NOSIGNAL) >= 0;
    }
  return FALSE;
}
