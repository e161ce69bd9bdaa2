#include "nat/survey.h"

#include "nat/query-private.h"

/* RFC 8445 §14.2: Ta. */
#define SPACING FRAM_MILLISECONDS (50)

typedef struct
{
  FramNatQuery query;
  FramNatPath path;
  gboolean helps;
} Entry;

struct _FramNatSurvey
{
  FramRandom *random;
  FramTime started;
  FramTime last_begun; /* -1: nothing yet */
  guint n_entries;
  Entry entries[FRAM_NAT_SURVEY_MAX_SERVERS];
  gboolean change_queued;
  GQueue events; /* FramNatEvent */
};

FramNatSurvey *
fram_nat_survey_new (FramRandom *random, FramTime now)
{
  FramNatSurvey *survey = g_new0 (FramNatSurvey, 1);

  survey->random = random;
  survey->started = now;
  survey->last_begun = -1;
  g_queue_init (&survey->events);
  return survey;
}

void
fram_nat_survey_free (FramNatSurvey *survey)
{
  if (survey == NULL)
    return;
  g_queue_clear_full (&survey->events, g_free);
  g_free (survey);
}

void
fram_nat_survey_add (FramNatSurvey *survey, const FramAddress *server)
{
  Entry *entry = &survey->entries[survey->n_entries];

  for (guint i = 0; i < survey->n_entries; i++)
    if (fram_address_equal (&survey->entries[i].query.remote, server))
      return;
  if (survey->n_entries == FRAM_NAT_SURVEY_MAX_SERVERS)
    return;
  survey->n_entries++;
  fram_nat_query_init (&entry->query, 0, server);
  entry->query.state = FRAM_NAT_QUERY_READY;
  entry->path.rtt = -1;
}

static void
tell_change (FramNatSurvey *survey)
{
  if (!survey->change_queued)
    fram_nat_events_push (&survey->events, FRAM_NAT_EVENT_CHANGED);
  survey->change_queued = TRUE;
}

/* RFC 8489 §6.3.1: an answer comes from where the question went. */
gboolean
fram_nat_survey_receive (FramNatSurvey *survey, const FramAddress *from,
                         const guint8 *data, gsize length, FramTime now)
{
  FramStunMessage message;
  FramAddress other;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    return FALSE;
  for (guint i = 0; i < survey->n_entries; i++)
    {
      Entry *entry = &survey->entries[i];

      if (!fram_address_equal (from, &entry->query.remote)
          || !fram_nat_query_answer (&entry->query, &entry->path, from, &message, now))
        continue;
      entry->helps = fram_stun_message_get_address (&message,
                                                    FRAM_STUN_ATTR_OTHER_ADDRESS, &other);
      tell_change (survey);
      return TRUE;
    }
  return FALSE;
}

void
fram_nat_survey_told_unreachable (FramNatSurvey *survey, const FramAddress *remote)
{
  for (guint i = 0; i < survey->n_entries; i++)
    {
      FramNatQuery *query = &survey->entries[i].query;

      if (query->state != FRAM_NAT_QUERY_OPEN
          || !fram_address_equal (&query->remote, remote))
        continue;
      query->state = FRAM_NAT_QUERY_REFUSED;
      tell_change (survey);
    }
}

FramTime
fram_nat_survey_deadline (const FramNatSurvey *survey)
{
  FramTime deadline = FRAM_TIME_NEVER;

  for (guint i = 0; i < survey->n_entries; i++)
    if (survey->entries[i].query.state == FRAM_NAT_QUERY_OPEN)
      deadline = MIN (deadline, survey->entries[i].query.deadline);
  return deadline;
}

void
fram_nat_survey_advance (FramNatSurvey *survey, FramTime now)
{
  for (guint i = 0; i < survey->n_entries; i++)
    {
      Entry *entry = &survey->entries[i];

      if (entry->query.state != FRAM_NAT_QUERY_OPEN)
        continue;
      fram_nat_query_advance (&entry->query, &entry->path, survey->random,
                              &survey->events, now);
      if (entry->query.state == FRAM_NAT_QUERY_SILENT)
        tell_change (survey);
    }
}

/* Return: `n_entries` if none waits for its turn. */
static guint
find_ready (const FramNatSurvey *survey)
{
  guint i = 0;

  while (i < survey->n_entries && survey->entries[i].query.state != FRAM_NAT_QUERY_READY)
    i++;
  return i;
}

FramTime
fram_nat_survey_send_due (const FramNatSurvey *survey)
{
  if (find_ready (survey) == survey->n_entries)
    return FRAM_TIME_NEVER;
  return survey->last_begun < 0 ? survey->started : survey->last_begun + SPACING;
}

gboolean
fram_nat_survey_send (FramNatSurvey *survey, FramTime now)
{
  guint i = find_ready (survey);

  if (i == survey->n_entries)
    return FALSE;
  survey->last_begun = now;
  fram_nat_query_send (&survey->entries[i].query, &survey->entries[i].path,
                       survey->random, &survey->events, now);
  return TRUE;
}

gboolean
fram_nat_survey_pop (FramNatSurvey *survey, FramNatEvent *ret_event)
{
  if (!fram_nat_events_pop (&survey->events, ret_event))
    return FALSE;
  if (ret_event->type == FRAM_NAT_EVENT_CHANGED)
    survey->change_queued = FALSE;
  return TRUE;
}

guint
fram_nat_survey_count (const FramNatSurvey *survey)
{
  return survey->n_entries;
}

void
fram_nat_survey_get (const FramNatSurvey *survey, guint i, FramNatSurveyRow *ret_row)
{
  const Entry *entry = &survey->entries[i];
  const FramNatQuery *query = &entry->query;
  /* An error, though it tells no address, came by UDP; an ICMP error did not. */
  gboolean heard = query->from.family != FRAM_FAMILY_NONE;

  g_assert (i < survey->n_entries);
  *ret_row = (FramNatSurveyRow){
    .server = query->remote,
    .is_over = fram_nat_query_is_over (query),
    .helps = entry->helps,
    .is_refused = query->state == FRAM_NAT_QUERY_REFUSED && !heard,
    .rtt = query->n_sent == 1 ? entry->path.rtt : -1,
    .mapped = query->mapped,
  };
  if (ret_row->is_over)
    ret_row->answers = heard ? FRAM_NAT_YES : FRAM_NAT_NO;
}

gboolean
fram_nat_survey_is_over (const FramNatSurvey *survey)
{
  for (guint i = 0; i < survey->n_entries; i++)
    if (!fram_nat_query_is_over (&survey->entries[i].query))
      return FALSE;
  return TRUE;
}
