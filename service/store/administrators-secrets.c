/* Passwords and secrets in the administrators' files, and in files of their own. */
#include "store/administrators-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* GKeyFile's escapes (Desktop Entry Specification, “Possible value types”), in place. */
static void
unescape (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++)
    {
      static const char letters[] = "sntr\\", meanings[] = " \n\t\r\\";
      const char *letter
          = from[0] == '\\' && from[1] != '\0' ? strchr (letters, from[1]) : NULL;

      *to++ = letter != NULL ? meanings[letter - letters] : *from;
      from += letter != NULL;
    }
  explicit_bzero (to, strlen (to));
}

/* The line, without its end, is within `group`. */
static void
take_secret (FramAdministratorsFile *source, const char *group, char *line, gsize length)
{
  char *equals = memchr (line, '=', length);
  g_autofree char *key = equals != NULL ? g_strndup (line, equals - line) : NULL;
  gsize rest = equals != NULL ? length - (equals + 1 - line) : 0;
  char *value;

  if (key == NULL
      || (!g_str_equal (g_strstrip (key), "password") && !g_str_equal (key, "secret")))
    return;
  value = g_strndup (equals + 1, rest);
  g_strstrip (value);
  unescape (value);
  g_hash_table_replace (source->secrets, g_strdup_printf ("%s/%s", group, key), value);
  memset (equals + 1, '*', rest);
}

void
fram_administrators_take_secrets (FramAdministratorsFile *source)
{
  g_autofree char *group = g_strdup ("");
  char *end = source->text + source->length;

  source->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) fram_secret_free);
  for (char *line = source->text, *next; line < end; line = next)
    {
      char *newline = memchr (line, '\n', end - line), *close;

      next = newline != NULL ? newline + 1 : end;
      while (line < next && g_ascii_isspace (*line))
        line++;
      close = line < next && *line == '[' ? memchr (line, ']', next - line) : NULL;
      if (close != NULL)
        {
          g_free (group);
          group = g_strndup (line + 1, close - line - 1);
        }
      else if (line < next && g_str_has_prefix (group, FRAM_ADMINISTRATORS_SERVER))
        take_secret (source, group, line, (newline != NULL ? newline : end) - line);
    }
}

char *
fram_administrators_read_secret (const char *path, gboolean *ret_is_open,
                                 char **ret_reason)
{
  char buffer[FRAM_SERVER_MAX_SECRET + 3] = { 0 };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  gssize length = -1;
  char *secret = NULL;

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    length = read (fd, buffer, sizeof buffer - 1);
  else if (fd >= 0)
    errno = EINVAL;
  if (length < 0)
    *ret_reason = g_strdup_printf ("%s cannot be read: %s", path, g_strerror (errno));
  else
    {
      *ret_is_open = (status.st_mode & S_IROTH) != 0;
      /* Editors end the last line. */
      if (length > 0 && buffer[length - 1] == '\n')
        buffer[--length] = '\0';
      if (length > 0 && buffer[length - 1] == '\r')
        buffer[--length] = '\0';
      secret = g_strdup (buffer);
    }
  explicit_bzero (buffer, sizeof buffer);
  if (fd >= 0)
    close (fd);
  return secret;
}
