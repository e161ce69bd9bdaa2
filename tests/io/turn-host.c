#include "turn-host.h"

#include "io/sockaddr.h"

#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

static void
send_to (TurnHost *host, const FramAddress *to, const guint8 *data, gsize length)
{
  FramSockaddr sockaddr;
  socklen_t size = fram_sockaddr_from_address (&sockaddr, to, 0);

  sendto (host->fd, data, length, MSG_DONTWAIT, &sockaddr.any, size);
}

static void
on_send (const FramAddress *from, const FramAddress *to, const guint8 *data, gsize length,
         gpointer user_data)
{
  TurnHost *host = user_data;

  if (fram_address_equal (from, &host->relay->address))
    send_to (host, to, data, length);
  else
    turn_relay_receive (host->relay, from, to, data, length);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  TurnHost *host = user_data;
  guint8 bytes[2048];
  FramSockaddr source;
  FramAddress from;
  socklen_t size = sizeof source;
  ssize_t n;

  while ((n = recvfrom (fd, bytes, sizeof bytes, MSG_DONTWAIT, &source.any, &size)) >= 0)
    {
      g_assert_true (fram_sockaddr_to_address (&source, size, &from));
      turn_relay_receive (host->relay, &from, &host->relay->address, bytes, (gsize) n);
      size = sizeof source;
    }
  return G_SOURCE_CONTINUE;
}

TurnHost *
turn_host_new (GMainContext *context, const char *ip)
{
  TurnHost *host = g_new0 (TurnHost, 1);
  char text[FRAM_ADDRESS_TEXT];
  FramAddress address;
  FramSockaddr sockaddr;
  int room = 1 << 20;
  socklen_t size;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  size = fram_sockaddr_from_address (&sockaddr, &address, 0);
  host->fd = socket (sockaddr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  setsockopt (host->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  g_assert_cmpint (bind (host->fd, &sockaddr.any, size), ==, 0);
  size = sizeof sockaddr;
  g_assert_cmpint (getsockname (host->fd, &sockaddr.any, &size), ==, 0);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, size, &address));

  fram_address_to_text (&address, text);
  host->uri = g_strdup_printf ("turn:%s", text);
  host->relay = turn_relay_new (text, "203.0.113.101", NULL, on_send, host);
  host->source = g_unix_fd_source_new (host->fd, G_IO_IN);
  g_source_set_callback (host->source, G_SOURCE_FUNC (on_readable), host, NULL);
  g_source_attach (host->source, context);
  return host;
}

void
turn_host_free (TurnHost *host)
{
  g_source_destroy (host->source);
  g_source_unref (host->source);
  close (host->fd);
  turn_relay_free (host->relay);
  g_free (host->uri);
  g_free (host);
}
