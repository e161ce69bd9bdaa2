/* Events are objects of JSON without anything nested: that is all that is read here, so that
 * the library need not bring a parser for more. */
#include "event-parse.h"

#include <string.h>

/* The columns of FramEventRow behind its number. */
enum
{
  TIME,
  SESSION,
  EVENT,
  STREAM,
  COMPONENT,
  CANDIDATE,
  PAIR,
  TYPE,
  REMOTE_TYPE,
  LOCAL,
  REMOTE,
  IS_REMOTE,
  STATE,
  CAUSE,
  EXPLANATION,
  RTT,
  COUNT,
  DROPPED,
  N_MEMBERS
};

static const struct
{
  const char *name;
  const char *type;
} members[N_MEMBERS] = {
  [TIME] = { "time", "x" },
  [SESSION] = { "session", "t" },
  [EVENT] = { "event", "s" },
  [STREAM] = { "stream", "u" },
  [COMPONENT] = { "component", "u" },
  [CANDIDATE] = { "candidate", "t" },
  [PAIR] = { "pair", "t" },
  [TYPE] = { "type", "s" },
  [REMOTE_TYPE] = { "remote-type", "s" },
  [LOCAL] = { "local", "s" },
  [REMOTE] = { "remote", "s" },
  [IS_REMOTE] = { "is-remote", "b" },
  [STATE] = { "state", "s" },
  [CAUSE] = { "cause", "s" },
  [EXPLANATION] = { "explanation", "s" },
  [RTT] = { "rtt", "x" },
  [COUNT] = { "count", "u" },
  [DROPPED] = { "dropped", "t" },
};

typedef struct
{
  const char *text, *end;
} Reader;

static void
skip_space (Reader *reader)
{
  while (reader->text < reader->end && g_ascii_isspace (*reader->text))
    reader->text++;
}

static gboolean
take (Reader *reader, char character)
{
  skip_space (reader);
  if (reader->text == reader->end || *reader->text != character)
    return FALSE;
  reader->text++;
  return TRUE;
}

/* RFC 8259 §7, but for pairs of surrogates, which nothing of ours has. */
static gboolean
read_escape (Reader *reader, GString *into)
{
  static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *found;
  gunichar character = 0;

  if (reader->text == reader->end)
    return FALSE;
  found = strchr (plain, *reader->text);
  if (found != NULL && *found != '\0')
    {
      reader->text++;
      g_string_append_c (into, meant[found - plain]);
      return TRUE;
    }
  if (*reader->text != 'u' || reader->end - reader->text < 5)
    return FALSE;
  for (guint i = 1; i <= 4; i++)
    {
      int digit = g_ascii_xdigit_value (reader->text[i]);

      if (digit < 0)
        return FALSE;
      character = character * 16 + (gunichar) digit;
    }
  reader->text += 5;
  if (character == 0 || !g_unichar_validate (character))
    return FALSE;
  g_string_append_unichar (into, character);
  return TRUE;
}

/* Return: (transfer full): NULL: there is none. */
static char *
read_string (Reader *reader)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!take (reader, '"'))
    return NULL;
  while (reader->text < reader->end)
    {
      char character = *reader->text++;

      if (character == '"')
        return g_utf8_validate (text->str, (gssize) text->len, NULL)
                   ? g_string_free (g_steal_pointer (&text), FALSE)
                   : NULL;
      if (character != '\\')
        g_string_append_c (text, character);
      else if (!read_escape (reader, text))
        return NULL;
    }
  return NULL;
}

/* Return: (transfer full): a text, a number (`x`), a truth value; NULL: there is none. */
static GVariant *
read_value (Reader *reader)
{
  char word[24] = "";
  guint n = 0;
  gint64 number;
  char *text;

  skip_space (reader);
  if (reader->text < reader->end && *reader->text == '"')
    {
      text = read_string (reader);
      return text != NULL ? g_variant_ref_sink (g_variant_new_take_string (text)) : NULL;
    }
  while (reader->text < reader->end && n + 1 < sizeof word
         && (g_ascii_isalnum (*reader->text) || *reader->text == '-'))
    word[n++] = *reader->text++;
  if (strcmp (word, "true") == 0 || strcmp (word, "false") == 0)
    return g_variant_ref_sink (g_variant_new_boolean (word[0] == 't'));
  if (!g_ascii_string_to_signed (word, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return NULL;
  return g_variant_ref_sink (g_variant_new_int64 (number));
}

/* --- The row ----------------------------------------------------------------------- */

static GVariant *
default_of (guint member)
{
  switch (*members[member].type)
    {
    case 's':
      return g_variant_new_string ("");
    case 'b':
      return g_variant_new_boolean (FALSE);
    case 'x':
      return g_variant_new_int64 (-1);
    case 't':
      return g_variant_new_uint64 (0);
    default:
      return g_variant_new_uint32 (member == COUNT ? 1 : 0);
    }
}

/* Return: (transfer floating): NULL: it is of another kind. */
static GVariant *
convert (guint member, GVariant *value)
{
  char kind = *members[member].type;
  gint64 number;

  if (kind == 's' || kind == 'b')
    return *g_variant_get_type_string (value) == kind ? value : NULL;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return NULL;
  number = g_variant_get_int64 (value);
  if (kind == 'x')
    return g_variant_new_int64 (number);
  if (kind == 't')
    return g_variant_new_uint64 ((guint64) MAX (number, 0));
  return g_variant_new_uint32 ((guint32) CLAMP (number, 0, G_MAXUINT32));
}

static GVariant *
make_row (guint64 id, GVariant *const values[N_MEMBERS])
{
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE_TUPLE);
  g_variant_builder_add (&row, "t", id);
  for (guint i = 0; i < N_MEMBERS; i++)
    {
      GVariant *value = values[i] != NULL ? convert (i, values[i]) : NULL;

      g_variant_builder_add_value (&row, value != NULL ? value : default_of (i));
    }
  return g_variant_builder_end (&row);
}

/* Return: FALSE: it is not well formed. */
static gboolean
read_member (Reader *reader, GVariant *values[N_MEMBERS])
{
  g_autofree char *name = read_string (reader);
  GVariant *value;

  if (name == NULL || !take (reader, ':'))
    return FALSE;
  value = read_value (reader);
  if (value == NULL)
    return FALSE;
  for (guint i = 0; i < N_MEMBERS; i++)
    if (strcmp (members[i].name, name) == 0)
      {
        g_clear_pointer (&values[i], g_variant_unref);
        values[i] = g_variant_ref (value);
      }
  g_variant_unref (value);
  return TRUE;
}

static gboolean
read_object (Reader *reader, GVariant *values[N_MEMBERS])
{
  if (!take (reader, '{'))
    return FALSE;
  do
    if (!read_member (reader, values))
      return FALSE;
  while (take (reader, ','));
  if (!take (reader, '}'))
    return FALSE;
  skip_space (reader);
  return reader->text == reader->end;
}

GVariant *
fram_event_parse (const char *text, gsize length, guint64 id)
{
  Reader reader = { .text = text, .end = text + length };
  GVariant *values[N_MEMBERS] = { NULL }, *row = NULL;

  if (read_object (&reader, values) && values[EVENT] != NULL)
    row = make_row (id, values);
  for (guint i = 0; i < N_MEMBERS; i++)
    g_clear_pointer (&values[i], g_variant_unref);
  return row;
}

GVariant *
fram_event_lost (guint64 n, guint64 id)
{
  g_autofree char *text
      = g_strdup_printf ("{\"time\":%" G_GINT64_FORMAT
                         ",\"event\":\"dropped\",\"dropped\":%" G_GUINT64_FORMAT "}",
                         g_get_real_time (), n);

  return fram_event_parse (text, strlen (text), id);
}
