#include "cli/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/terminal.h"

G_DEFINE_QUARK (fram - secret - error - quark, secret_error)

/* What a terminal may have in store: a line that is longer is cut off by it. */
#define TYPED_MAX 4096

void
secret_clear (Secret *secret)
{
  explicit_bzero (secret, sizeof *secret);
}

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, SECRET_ERROR, SECRET_ERROR_INVALID, "The password %s", what);
  return FALSE;
}

/* Return: FALSE if there is no room, or no line goes on so. */
static gboolean
add_byte (Secret *secret, char byte, GError **error)
{
  if (secret->length + 1 >= sizeof secret->text)
    return invalid (error, "is longer than 1024 bytes");
  if (byte == '\0')
    return invalid (error, "has a NUL byte in it");
  secret->text[secret->length++] = byte;
  return TRUE;
}

static gboolean
check (Secret *secret, GError **error)
{
  if (secret->length > 0 && secret->text[secret->length - 1] == '\r')
    secret->length--;
  secret->text[secret->length] = '\0';
  if (secret->length == 0)
    return invalid (error, "is empty");
  if (secret->length > SECRET_MAX)
    return invalid (error, "is longer than 1024 bytes");
  if (!g_utf8_validate (secret->text, secret->length, NULL))
    return invalid (error, "is not in UTF-8");
  return TRUE;
}

/* --- From a file ------------------------------------------------------------------- */

/* One byte at a time: what comes after the line on standard input is for others. */
static gboolean
read_line (int fd, const char *path, Secret *secret, GError **error)
{
  for (;;)
    {
      char byte;
      gssize n = read (fd, &byte, 1);
      int reason = errno;
      gboolean ended = n == 0 || (n > 0 && byte == '\n');
      gboolean added = ended || n < 0 || add_byte (secret, byte, error);

      explicit_bzero (&byte, sizeof byte);
      if (n < 0 && reason != EINTR)
        {
          g_set_error (error, SECRET_ERROR, SECRET_ERROR_UNREADABLE,
                       "The password file “%s” cannot be read: %s", path,
                       g_strerror (reason));
          return FALSE;
        }
      if (ended)
        return check (secret, error);
      if (!added)
        return FALSE;
    }
}

gboolean
secret_read (const char *path, Secret *ret_secret, GError **error)
{
  gboolean is_input = g_str_equal (path, "-"), done;
  int fd;

  memset (ret_secret, 0, sizeof *ret_secret);
  if (is_input && secret_can_ask ())
    return secret_ask ("Password: ", ret_secret, error);
  if (is_input)
    return read_line (STDIN_FILENO, path, ret_secret, error);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    {
      g_set_error (error, SECRET_ERROR, SECRET_ERROR_UNREADABLE,
                   "The password file “%s” cannot be read: %s", path, g_strerror (errno));
      return FALSE;
    }
  done = read_line (fd, path, ret_secret, error);
  close (fd);
  return done;
}

/* --- From the terminal ------------------------------------------------------------- */

typedef struct
{
  GMainLoop *loop;
  Secret *secret;
  GError *error;
} Question;

gboolean
secret_can_ask (void)
{
  return isatty (STDIN_FILENO);
}

static void
answer (Question *question, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length && bytes[i] != '\n'; i++)
    if (!add_byte (question->secret, bytes[i], &question->error))
      return;
  check (question->secret, &question->error);
}

/* A terminal gives whole lines, one at a read. */
static gboolean
on_typed (int fd, GIOCondition condition, gpointer user_data)
{
  Question *question = user_data;
  char bytes[TYPED_MAX];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  answer (question, bytes, MAX (n, 0));
  explicit_bzero (bytes, sizeof bytes);
  g_main_loop_quit (question->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupted (gpointer user_data)
{
  Question *question = user_data;

  if (question->error == NULL)
    g_set_error_literal (&question->error, SECRET_ERROR, SECRET_ERROR_INTERRUPTED,
                         "Interrupted");
  g_main_loop_quit (question->loop);
  return G_SOURCE_CONTINUE;
}

/* Until it shows again what is typed, nobody may stop or quit us from the keyboard: the
 * terminal would stay silent. */
static void
silence (const struct termios *usual)
{
  struct termios silent = *usual;

  silent.c_lflag &= ~(tcflag_t) ECHO;
  silent.c_lflag |= ECHONL;
  silent.c_cc[VQUIT] = _POSIX_VDISABLE;
  silent.c_cc[VSUSP] = _POSIX_VDISABLE;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
}

/* Who is asked may interrupt from then on, and leaves the terminal as it was. */
static void
put (Question *question, const char *text, const struct termios *usual)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (signals) + 1];

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    sources[i] = g_unix_signal_add (signals[i], on_interrupted, question);
  sources[G_N_ELEMENTS (signals)]
      = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_typed, question);
  silence (usual);
  g_printerr ("%s", text);
  g_main_loop_run (question->loop);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, usual);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

gboolean
secret_ask (const char *text, Secret *ret_secret, GError **error)
{
  Question question = { NULL, ret_secret, NULL };
  g_autofree char *safe = terminal_safe (text);
  struct termios usual;

  memset (ret_secret, 0, sizeof *ret_secret);
  if (tcgetattr (STDIN_FILENO, &usual) != 0)
    {
      g_set_error (error, SECRET_ERROR, SECRET_ERROR_UNREADABLE,
                   "The terminal cannot be used: %s", g_strerror (errno));
      return FALSE;
    }
  question.loop = g_main_loop_new (NULL, FALSE);
  put (&question, safe, &usual);
  g_main_loop_unref (question.loop);
  if (question.error == NULL)
    return TRUE;
  if (g_error_matches (question.error, SECRET_ERROR, SECRET_ERROR_INTERRUPTED))
    g_printerr ("\n");
  g_propagate_error (error, question.error);
  return FALSE;
}
