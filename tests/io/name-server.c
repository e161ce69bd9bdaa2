#include "name-server.h"

#include "base/big-endian.h"

#include <glib/gstdio.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_SIZE 12
#define MAX_SIZE 512
#define TYPE_A 1
#define TYPE_SRV 33

typedef struct
{
  int fd;
  const NameServerRecord *records;
} Server;

/* Only this process, and those that it starts, see the other resolv.conf. */
static void
ask_us (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "fram-resolv-XXXXXX", NULL);
  static const char text[] = "nameserver 127.0.0.1\n";
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  g_assert_cmpint (fchmod (fd, 0644), ==, 0);
  g_assert_cmpint (close (fd), ==, 0);
  g_assert_cmpint (unshare (CLONE_NEWNS), ==, 0);
  g_assert_cmpint (mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
  g_assert_cmpint (mount (path, "/etc/resolv.conf", NULL, MS_BIND, NULL), ==, 0);
  g_assert_cmpint (unlink (path), ==, 0);
}

/* Return: how many bytes the name takes. */
static gsize
put_name (guint8 *at, const char *name)
{
  guint8 *start = at;
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++)
    {
      *at++ = (guint8) strlen (labels[i]);
      memcpy (at, labels[i], strlen (labels[i]));
      at += strlen (labels[i]);
    }
  *at++ = 0;
  return (gsize) (at - start);
}

/* Of the question, without compression. Return: (transfer full), or NULL. */
static char *
get_name (const guint8 *message, gsize length, gsize *ret_end)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize at = HEADER_SIZE;

  while (at < length && message[at] != 0)
    {
      if (message[at] > 63 || at + 1 + message[at] >= length)
        return NULL;
      g_string_append_printf (name, "%s%.*s", name->len > 0 ? "." : "", message[at],
                              (const char *) message + at + 1);
      at += 1u + message[at];
    }
  *ret_end = at + 5;
  return at + 5 <= length ? g_strdup (name->str) : NULL;
}

/* Return: how many bytes; 0: it does not answer the question. */
static gsize
put_record (guint8 *at, const NameServerRecord *record, guint16 type)
{
  guint8 *data = at + 12;
  gsize length = 0;

  if (type == TYPE_A && record->ipv4 != NULL)
    {
      g_assert_cmpint (inet_pton (AF_INET, record->ipv4, data), ==, 1);
      length = 4;
    }
  else if (type == TYPE_SRV && record->target != NULL)
    {
      memset (data, 0, 4);
      fram_store_be16 (data + 4, record->port);
      length = 6 + put_name (data + 6, record->target);
    }
  else
    return 0;
  fram_store_be16 (at, 0xc000 | HEADER_SIZE);
  fram_store_be16 (at + 2, type);
  fram_store_be16 (at + 4, 1);
  fram_store_be32 (at + 6, 60);
  fram_store_be16 (at + 10, (guint16) length);
  return 12 + length;
}

static gsize
answer (const Server *server, guint8 *message, gsize length)
{
  gsize end;
  g_autofree char *name = get_name (message, length, &end);
  guint16 type, n_answers = 0;
  gboolean exists = FALSE;
  gsize at;

  if (name == NULL)
    return 0;
  at = end;
  type = fram_load_be16 (message + end - 4);
  for (const NameServerRecord *record = server->records; record->name != NULL; record++)
    if (g_ascii_strcasecmp (record->name, name) == 0)
      {
        gsize more = put_record (message + at, record, type);

        exists = TRUE;
        n_answers += more > 0;
        at += more;
      }
  fram_store_be16 (message + 2, 0x8580 | (exists ? 0 : 3));
  fram_store_be16 (message + 4, 1);
  fram_store_be16 (message + 6, n_answers);
  memset (message + 8, 0, 4);
  return at;
}

static gpointer
serve (gpointer user_data)
{
  Server *server = user_data;
  guint8 message[MAX_SIZE * 2];
  struct sockaddr_in from;

  for (;;)
    {
      socklen_t from_length = sizeof from;
      gssize length = recvfrom (server->fd, message, MAX_SIZE, 0,
                                (struct sockaddr *) &from, &from_length);

      if (length < HEADER_SIZE)
        continue;
      sendto (server->fd, message, answer (server, message, (gsize) length), 0,
              (struct sockaddr *) &from, from_length);
    }
  return NULL;
}

void
name_server_start (const NameServerRecord *records)
{
  static Server server;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (53) };

  ask_us ();
  server.records = records;
  server.fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (server.fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_thread_unref (g_thread_new ("name-server", serve, &server));
}
