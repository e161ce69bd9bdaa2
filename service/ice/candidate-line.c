#include "ice/candidate-line.h"

#include <string.h>

const char *
fram_candidate_line_result_to_text (FramCandidateLineResult result)
{
  switch (result)
    {
    case FRAM_CANDIDATE_LINE_OK:
      return "The candidate line is correct.";
    case FRAM_CANDIDATE_LINE_IGNORED:
      return "The candidate was ignored: its host name, transport or type is not "
             "supported.";
    case FRAM_CANDIDATE_LINE_NAMED:
      return "The candidate line is correct, its address is to be found by its name.";
    case FRAM_CANDIDATE_LINE_TOO_LONG:
      return "The candidate line is longer than 512 characters.";
    case FRAM_CANDIDATE_LINE_NO_PREFIX:
      return "A candidate line begins with \"candidate:\".";
    case FRAM_CANDIDATE_LINE_BAD_FOUNDATION:
      return "The foundation must be 1 to 32 letters, digits, \"+\" or \"/\".";
    case FRAM_CANDIDATE_LINE_BAD_COMPONENT:
      return "The component must be a number from 1 to 256.";
    case FRAM_CANDIDATE_LINE_BAD_TRANSPORT:
      return "The transport is missing or not a word, as \"UDP\" is.";
    case FRAM_CANDIDATE_LINE_BAD_PRIORITY:
      return "The priority must be a number from 1 to 2147483647.";
    case FRAM_CANDIDATE_LINE_BAD_ADDRESS:
      return "The address must be an IPv4 or IPv6 address that a host can have.";
    case FRAM_CANDIDATE_LINE_BAD_PORT:
      return "The port must be a number from 1 to 65535.";
    case FRAM_CANDIDATE_LINE_BAD_TYPE:
      return "The type must follow the port, as \"typ host\".";
    case FRAM_CANDIDATE_LINE_BAD_RELATED:
      return "The related address must be complete, as \"raddr 192.0.2.1 rport 3478\".";
    case FRAM_CANDIDATE_LINE_BAD_EXTENSION:
      return "Behind the type there must be pairs of a name and a value, and a TCP "
             "candidate needs one \"tcptype\" of active, passive or so.";
    }
  g_assert_not_reached ();
}

/* --- Fields ------------------------------------------------------------------------- */

/* What stands between two spaces; empty where two spaces meet, which no required field
 * allows. */
typedef struct
{
  const char *text;
  gsize length;
} Field;

/* Takes the next field; `rest` becomes NULL behind the last. */
static gboolean
next_field (const char **rest, Field *ret_field)
{
  const char *end;

  if (*rest == NULL)
    return FALSE;
  end = strchrnul (*rest, ' ');
  ret_field->text = *rest;
  ret_field->length = (gsize) (end - *rest);
  *rest = *end == ' ' ? end + 1 : NULL;
  return TRUE;
}

/* ABNF literals are compared without case (RFC 5234 §2.3), and peers make use of it. */
static gboolean
field_is (const Field *field, const char *word)
{
  return field->length == strlen (word)
         && g_ascii_strncasecmp (field->text, word, field->length) == 0;
}

/* Takes the next field if it is `word`. */
static gboolean
skip_word (const char **rest, const char *word)
{
  const char *at = *rest;
  Field field;

  if (!next_field (&at, &field) || !field_is (&field, word))
    return FALSE;
  *rest = at;
  return TRUE;
}

/* 1*n_digits DIGIT: no sign, no space, and a number within [min, max]. */
static gboolean
next_number (const char **rest, guint n_digits, guint32 min, guint32 max,
             guint32 *ret_number)
{
  guint64 number = 0;
  Field field;

  if (!next_field (rest, &field) || field.length == 0 || field.length > n_digits)
    return FALSE;
  for (gsize i = 0; i < field.length; i++)
    {
      if (!g_ascii_isdigit (field.text[i]))
        return FALSE;
      number = number * 10 + (guint) g_ascii_digit_value (field.text[i]);
    }
  if (number < min || number > max)
    return FALSE;
  *ret_number = (guint32) number;
  return TRUE;
}

/* RFC 3261 §25.1: token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'"
 * / "~") */
static gboolean
is_token (const Field *field)
{
  for (gsize i = 0; i < field->length; i++)
    if (!g_ascii_isalnum (field->text[i])
        && strchr ("-.!%*_+`'~", field->text[i]) == NULL)
      return FALSE;
  return field->length > 0;
}

/* --- Addresses ---------------------------------------------------------------------- */

typedef enum
{
  ADDRESS_BAD,
  ADDRESS_IP,
  ADDRESS_NAME,
  ADDRESS_MDNS_NAME,
} AddressKind;

/* RFC 4566 §9: FQDN = 4*(alpha-numeric / "-" / ".").  A last label of digits is no domain
 * but an IPv4 address gone wrong. */
static gboolean
is_name (const Field *field)
{
  const char *end = field->text + field->length, *label = field->text;

  for (const char *at = field->text; at < end; at++)
    {
      if (*at == '.')
        label = at + 1;
      else if (!g_ascii_isalnum (*at) && *at != '-')
        return FALSE;
    }
  while (label < end && g_ascii_isdigit (*label))
    label++;
  return field->length >= 4 && label < end;
}

/* draft-ietf-mmusic-mdns-ice-candidates §3.2.1: what ends with ".local" and has no more than
 * that one dot.  Names are the same in any case (RFC 6762 §16): one spelling finds them. */
static gboolean
take_mdns_name (const Field *field, char ret_name[FRAM_MDNS_NAME_MAX + 1])
{
  const char *dot = memchr (field->text, '.', field->length);
  gsize label = dot != NULL ? (gsize) (dot - field->text) : 0;
  Field domain = { dot, field->length - label };

  if (label == 0 || !field_is (&domain, ".local") || field->length > FRAM_MDNS_NAME_MAX)
    return FALSE;
  for (gsize i = 0; i < field->length; i++)
    ret_name[i] = g_ascii_tolower (field->text[i]);
  ret_name[field->length] = '\0';
  return TRUE;
}

/* `ret_name`: of a MDNS_NAME. */
static AddressKind
next_address (const char **rest, FramAddress *ret_address,
              char ret_name[FRAM_MDNS_NAME_MAX + 1])
{
  char ip[FRAM_ADDRESS_TEXT];
  Field field;

  if (!next_field (rest, &field))
    return ADDRESS_BAD;
  if (field.length < sizeof ip)
    {
      memcpy (ip, field.text, field.length);
      ip[field.length] = '\0';
      if (fram_address_parse_ip (ret_address, ip, 0))
        return ADDRESS_IP;
    }
  if (!is_name (&field))
    return ADDRESS_BAD;
  return take_mdns_name (&field, ret_name) ? ADDRESS_MDNS_NAME : ADDRESS_NAME;
}

/* --- Parsing ------------------------------------------------------------------------ */

static gboolean
parse_foundation (FramCandidate *candidate, const char **rest)
{
  Field field;

  if (!next_field (rest, &field) || field.length < 1
      || field.length > FRAM_FOUNDATION_MAX)
    return FALSE;
  for (gsize i = 0; i < field.length; i++)
    if (!g_ascii_isalnum (field.text[i]) && strchr ("+/", field.text[i]) == NULL)
      return FALSE;
  memcpy (candidate->foundation, field.text, field.length);
  return TRUE;
}

/* "typ" and the type; an unknown one is a token. */
static gboolean
parse_type (FramCandidate *candidate, const char **rest, gboolean *ignored)
{
  Field field;

  if (!skip_word (rest, "typ") || !next_field (rest, &field) || !is_token (&field))
    return FALSE;
  for (guint type = FRAM_CANDIDATE_HOST; type <= FRAM_CANDIDATE_RELAYED; type++)
    if (field_is (&field, fram_candidate_type_to_text ((FramCandidateType) type)))
      {
        candidate->type = (FramCandidateType) type;
        return TRUE;
      }
  *ignored = TRUE;
  return TRUE;
}

/* "raddr" and "rport": both or none.  They are for diagnostics, so what a peer leaves out,
 * hides behind the unspecified address (RFC 8839 §5.1) or names is not held against it,
 * and what it adds to a host candidate is dropped. */
static gboolean
parse_related (FramCandidate *candidate, const char **rest)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramAddress related = { 0 };
  AddressKind kind;
  guint32 port;

  if (!skip_word (rest, "raddr"))
    return !skip_word (rest, "rport");

  kind = next_address (rest, &related, name);
  if (kind == ADDRESS_BAD || !skip_word (rest, "rport")
      || !next_number (rest, 5, 0, G_MAXUINT16, &port))
    return FALSE;
  if (kind == ADDRESS_IP && !fram_address_is_any (&related)
      && candidate->type != FRAM_CANDIDATE_HOST)
    {
      candidate->related = related;
      candidate->related.port = (guint16) port;
    }
  return TRUE;
}

static gboolean
parse_tcp_type (const Field *value, FramTransport *ret_transport)
{
  if (field_is (value, "active"))
    *ret_transport = FRAM_TRANSPORT_TCP_ACTIVE;
  else if (field_is (value, "passive"))
    *ret_transport = FRAM_TRANSPORT_TCP_PASSIVE;
  else if (field_is (value, "so"))
    *ret_transport = FRAM_TRANSPORT_TCP_SO;
  else
    return FALSE;
  return TRUE;
}

/* Name and value alternate to the end: a token, then visible characters, perhaps none.
 * RFC 6544 §4.5 puts tcptype first; browsers put it anywhere. */
static gboolean
parse_extensions (FramCandidate *candidate, const char **rest, gboolean is_tcp)
{
  gboolean typed = FALSE;
  Field name, value;

  while (next_field (rest, &name))
    {
      if (!is_token (&name) || !next_field (rest, &value))
        return FALSE;
      for (gsize i = 0; i < value.length; i++)
        if (!g_ascii_isgraph (value.text[i]))
          return FALSE;
      if (!is_tcp || !field_is (&name, "tcptype"))
        continue;
      if (typed || !parse_tcp_type (&value, &candidate->transport))
        return FALSE;
      typed = TRUE;
    }
  return typed || !is_tcp;
}

/* Whether a peer can be reached at it; names are left to the caller. */
static FramCandidateLineResult
parse_address_and_port (FramCandidate *candidate, char name[FRAM_MDNS_NAME_MAX + 1],
                        const char **rest, gboolean *ignored)
{
  AddressKind kind = next_address (rest, &candidate->address, name);
  guint32 port;

  if (kind == ADDRESS_BAD)
    return FRAM_CANDIDATE_LINE_BAD_ADDRESS;
  if (!next_number (rest, 5, 1, G_MAXUINT16, &port))
    return FRAM_CANDIDATE_LINE_BAD_PORT;
  candidate->address.port = (guint16) port;
  if (kind == ADDRESS_NAME)
    *ignored = TRUE;
  else if (kind == ADDRESS_IP && !fram_address_is_usable_remote (&candidate->address))
    return FRAM_CANDIDATE_LINE_BAD_ADDRESS;
  return FRAM_CANDIDATE_LINE_OK;
}

/* `name`: empty where there is none. */
static FramCandidateLineResult
parse_fields (FramCandidate *candidate, char name[FRAM_MDNS_NAME_MAX + 1],
              const char *rest)
{
  FramCandidateLineResult result;
  gboolean ignored, is_tcp;
  Field transport;
  guint32 number;

  if (!parse_foundation (candidate, &rest))
    return FRAM_CANDIDATE_LINE_BAD_FOUNDATION;
  if (!next_number (&rest, 3, 1, FRAM_COMPONENT_MAX, &number))
    return FRAM_CANDIDATE_LINE_BAD_COMPONENT;
  candidate->component = (guint16) number;
  if (!next_field (&rest, &transport) || !is_token (&transport))
    return FRAM_CANDIDATE_LINE_BAD_TRANSPORT;
  is_tcp = field_is (&transport, "TCP");
  ignored = !is_tcp && !field_is (&transport, "UDP");
  if (!next_number (&rest, 10, 1, G_MAXINT32, &candidate->priority))
    return FRAM_CANDIDATE_LINE_BAD_PRIORITY;

  result = parse_address_and_port (candidate, name, &rest, &ignored);
  if (result != FRAM_CANDIDATE_LINE_OK)
    return result;
  if (!parse_type (candidate, &rest, &ignored))
    return FRAM_CANDIDATE_LINE_BAD_TYPE;
  if (!parse_related (candidate, &rest))
    return FRAM_CANDIDATE_LINE_BAD_RELATED;
  if (!parse_extensions (candidate, &rest, is_tcp))
    return FRAM_CANDIDATE_LINE_BAD_EXTENSION;
  if (ignored)
    return FRAM_CANDIDATE_LINE_IGNORED;
  return name[0] != '\0' ? FRAM_CANDIDATE_LINE_NAMED : FRAM_CANDIDATE_LINE_OK;
}

FramCandidateLineResult
fram_candidate_parse (FramCandidate *ret_candidate, char ret_name[FRAM_MDNS_NAME_MAX + 1],
                      const char *line)
{
  FramCandidateLineResult result;
  FramCandidate candidate = { 0 };
  char name[FRAM_MDNS_NAME_MAX + 1] = "";

  if (strnlen (line, FRAM_CANDIDATE_LINE_MAX + 1) > FRAM_CANDIDATE_LINE_MAX)
    return FRAM_CANDIDATE_LINE_TOO_LONG;
  if (g_str_has_prefix (line, "a="))
    line += strlen ("a=");
  if (!g_str_has_prefix (line, "candidate:"))
    return FRAM_CANDIDATE_LINE_NO_PREFIX;

  result = parse_fields (&candidate, name, line + strlen ("candidate:"));
  if (result != FRAM_CANDIDATE_LINE_OK && result != FRAM_CANDIDATE_LINE_NAMED)
    return result;
  candidate.is_named = result == FRAM_CANDIDATE_LINE_NAMED;
  *ret_candidate = candidate;
  strcpy (ret_name, name);
  return result;
}

/* --- Printing ----------------------------------------------------------------------- */

static const char *
transport_suffix (FramTransport transport)
{
  switch (transport)
    {
    case FRAM_TRANSPORT_UDP:
      return "";
    case FRAM_TRANSPORT_TCP_ACTIVE:
      return " tcptype active";
    case FRAM_TRANSPORT_TCP_PASSIVE:
      return " tcptype passive";
    case FRAM_TRANSPORT_TCP_SO:
      return " tcptype so";
    }
  g_assert_not_reached ();
}

static void
append_related (GString *line, const FramCandidate *candidate)
{
  const FramAddress *related = &candidate->related;
  char ip[FRAM_ADDRESS_TEXT];

  if (candidate->type == FRAM_CANDIDATE_HOST)
    return;

  /* RFC 8839 §5.1: what is not to be revealed "MUST be set to "0.0.0.0" (for IPv4
   * candidates) or "::" (for IPv6 candidates) and the port to "9"". */
  if (related->family == FRAM_FAMILY_NONE)
    g_string_append_printf (line, " raddr %s rport 9",
                            candidate->address.family == FRAM_FAMILY_IPV6 ? "::"
                                                                          : "0.0.0.0");
  else
    g_string_append_printf (line, " raddr %s rport %u",
                            fram_address_ip_to_text (related, ip), related->port);
}

char *
fram_candidate_to_line (const FramCandidate *candidate, const char *name)
{
  GString *line = g_string_sized_new (160);
  char ip[FRAM_ADDRESS_TEXT];

  g_string_append_printf (
      line, "candidate:%s %u %s %u %s %u typ %s", candidate->foundation,
      candidate->component, candidate->transport == FRAM_TRANSPORT_UDP ? "UDP" : "TCP",
      candidate->priority,
      name != NULL ? name : fram_address_ip_to_text (&candidate->address, ip),
      candidate->address.port, fram_candidate_type_to_text (candidate->type));
  append_related (line, candidate);
  g_string_append (line, transport_suffix (candidate->transport));
  return g_string_free (line, FALSE);
}
