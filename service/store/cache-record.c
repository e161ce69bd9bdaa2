#include "store/cache-record.h"

#include <string.h>

FramRecord *
fram_record_new (FramRecordKind kind, const char *network, gint64 when)
{
  FramRecord *record = g_new0 (FramRecord, 1);

  record->kind = kind;
  record->network = g_strdup (network);
  record->when = when;
  return record;
}

void
fram_record_free (FramRecord *record)
{
  for (guint i = 0; i < record->n_texts; i++)
    g_free (record->texts[i]);
  g_free (record->network);
  g_free (record->key);
  g_free (record);
}

const char *
fram_record_add_text (FramRecord *record, const char *text)
{
  gsize length = strnlen (text != NULL ? text : "", FRAM_KNOWN_TEXT_MAX + 1);
  char *copy;

  g_assert (record->n_texts < FRAM_RECORD_TEXTS);
  copy = g_utf8_make_valid (text != NULL ? text : "", length);
  /* A replaced byte becomes three, and no character is cut in two. */
  if (strlen (copy) > FRAM_KNOWN_TEXT_MAX)
    *g_utf8_find_prev_char (copy, copy + FRAM_KNOWN_TEXT_MAX + 1) = '\0';
  record->texts[record->n_texts++] = copy;
  return copy;
}

void
fram_record_queue_init (FramRecordQueue *queue)
{
  g_queue_init (&queue->records);
  queue->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  queue->n_lost = 0;
}

void
fram_record_queue_clear (FramRecordQueue *queue)
{
  fram_record_queue_drop (queue, queue->records.length);
  g_hash_table_unref (queue->by_key);
}

static void
drop_link (FramRecordQueue *queue, GList *link)
{
  FramRecord *record = link->data;

  if (record->key != NULL)
    g_hash_table_remove (queue->by_key, record->key);
  fram_record_free (record);
  g_queue_delete_link (&queue->records, link);
}

void
fram_record_queue_drop (FramRecordQueue *queue, guint n)
{
  while (n-- > 0)
    drop_link (queue, queue->records.head);
}

void
fram_record_queue_drop_kind (FramRecordQueue *queue, FramRecordKind kind)
{
  GList *next;

  for (GList *link = queue->records.head; link != NULL; link = next)
    {
      next = link->next;
      if (((FramRecord *) link->data)->kind == kind)
        drop_link (queue, link);
    }
}

FramTime
fram_rtt_smoothed (FramTime older, FramTime measured)
{
  if (measured < 0)
    return older;
  return older < 0 ? measured : (7 * older + measured) / 8;
}

/* What is lost if only the newer one is written. */
static void
add_up (FramRecord *record, const FramRecord *older)
{
  switch (record->kind)
    {
    case FRAM_RECORD_NETWORK:
      if (record->name == NULL && older->name != NULL)
        record->name = fram_record_add_text (record, older->name);
      break;
    case FRAM_RECORD_SERVER:
      record->server.successes += older->server.successes;
      record->server.failures += older->server.failures;
      record->server.rtt = fram_rtt_smoothed (older->server.rtt, record->server.rtt);
      record->last_success = MAX (record->last_success, older->last_success);
      record->last_failure = MAX (record->last_failure, older->last_failure);
      break;
    case FRAM_RECORD_DEAF:
    case FRAM_RECORD_HEARD:
    case FRAM_RECORD_NAT:
    case FRAM_RECORD_LIFETIME:
    case FRAM_RECORD_SESSION:
      break;
    }
}

static void
replace (FramRecordQueue *queue, GList *link, FramRecord *record)
{
  FramRecord *older = link->data;

  add_up (record, older);
  link->data = record;
  g_hash_table_replace (queue->by_key, record->key, link);
  fram_record_free (older);
}

void
fram_record_queue_push (FramRecordQueue *queue, FramRecord *record, guint max)
{
  GList *older
      = record->key != NULL ? g_hash_table_lookup (queue->by_key, record->key) : NULL;

  if (older != NULL)
    {
      replace (queue, older, record);
      return;
    }
  if (queue->records.length >= max)
    {
      fram_record_queue_drop (queue, 1);
      queue->n_lost++;
    }
  g_queue_push_tail (&queue->records, record);
  if (record->key != NULL)
    g_hash_table_insert (queue->by_key, record->key, queue->records.tail);
}
