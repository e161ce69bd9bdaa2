#include "broker/lanes.h"

void
fram_lane_table_init (FramLaneTable *table)
{
  table->lanes = g_array_new (FALSE, TRUE, sizeof (FramLane));
}

void
fram_lane_table_clear (FramLaneTable *table)
{
  g_clear_pointer (&table->lanes, g_array_unref);
}

static FramLane *
get (const FramLaneTable *table, guint lane)
{
  g_assert (lane < table->lanes->len);
  return &g_array_index (table->lanes, FramLane, lane);
}

guint
fram_lane_table_count_used (const FramLaneTable *table)
{
  guint n = 0;

  for (guint i = 0; i < table->lanes->len; i++)
    n += get (table, i)->n_users > 0;
  return n;
}

gboolean
fram_lane_table_is_open (const FramLaneTable *table, guint lane, FramLanePurpose purpose)
{
  const FramLane *entry;

  if (lane >= table->lanes->len)
    return TRUE;
  entry = get (table, lane);
  if (entry->exclusive || entry->n_users >= FRAM_LANE_MAX_USERS)
    return FALSE;
  switch (purpose)
    {
    case FRAM_LANE_FOR_OFFER:
      return TRUE;
    case FRAM_LANE_FOR_ANSWER:
      return entry->n_offers == 0;
    case FRAM_LANE_FOR_ITSELF:
      return entry->n_users == 0;
    }
  g_assert_not_reached ();
}

void
fram_lane_table_join (FramLaneTable *table, guint lane, FramLanePurpose purpose)
{
  FramLane *entry;

  if (lane >= table->lanes->len)
    g_array_set_size (table->lanes, lane + 1);
  entry = get (table, lane);
  entry->n_users++;
  if (purpose != FRAM_LANE_FOR_ANSWER)
    entry->n_offers++;
  if (purpose == FRAM_LANE_FOR_ITSELF)
    entry->exclusive = TRUE;
}

void
fram_lane_table_settle (FramLaneTable *table, guint lane)
{
  g_assert (get (table, lane)->n_offers > 0);
  get (table, lane)->n_offers--;
}

void
fram_lane_table_leave (FramLaneTable *table, guint lane, gboolean offer)
{
  FramLane *entry = get (table, lane);

  if (offer)
    fram_lane_table_settle (table, lane);
  if (--entry->n_users == 0)
    entry->exclusive = FALSE;
}

void
fram_lane_list_add (GArray **list, guint lane)
{
  if (*list == NULL)
    *list = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (*list, lane);
}

gboolean
fram_lane_list_has (const GArray *list, guint lane)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (g_array_index (list, guint, i) == lane)
      return TRUE;
  return FALSE;
}
