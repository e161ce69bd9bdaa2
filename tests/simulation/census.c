#include "census.h"

typedef struct
{
  guint n_calls;
  guint n_paths;
  guint n_connected;
  GArray *times; /* FramTime */
} Row;

struct _SimCensus
{
  GHashTable *rows; /* kind of call -> Row */
  Row all;
  guint n_worlds;
  guint n_happened[SIM_N_HAPPENINGS]; /* worlds in which it happened */
  guint64 times[SIM_N_HAPPENINGS];
};

static Row *
row_new (void)
{
  Row *row = g_new0 (Row, 1);

  row->times = g_array_new (FALSE, FALSE, sizeof (FramTime));
  return row;
}

static void
row_free (gpointer data)
{
  Row *row = data;

  g_array_unref (row->times);
  g_free (row);
}

SimCensus *
sim_census_new (void)
{
  SimCensus *census = g_new0 (SimCensus, 1);

  census->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  census->all.times = g_array_new (FALSE, FALSE, sizeof (FramTime));
  return census;
}

void
sim_census_free (SimCensus *census)
{
  if (census == NULL)
    return;
  g_hash_table_unref (census->rows);
  g_array_unref (census->all.times);
  g_free (census);
}

/* --- Kinds ------------------------------------------------------------------------- */

/* RFC 3489's words say at a glance what RFC 4787's say exactly. */
static const char *
describe_nat (const SimNatKind *nat)
{
  if (nat->mapping != SIM_DEPENDS_ON_NOTHING)
    return "symmetric";
  switch (nat->filtering)
    {
    case SIM_DEPENDS_ON_NOTHING:
      return "full-cone";
    case SIM_DEPENDS_ON_ADDRESS:
      return "address-restricted";
    case SIM_DEPENDS_ON_ADDRESS_AND_PORT:
      return "port-restricted";
    }
  g_assert_not_reached ();
}

static const char *
describe_host (const SimPlan *plan, guint host)
{
  const SimHostPlan *planned = &plan->hosts[host];
  guint network = planned->interfaces[0].network;
  const SimGatewayKind *gateway = &plan->networks[network].gateway;

  for (guint i = 1; i < planned->n_interfaces; i++)
    if (planned->interfaces[i].network != network)
      return "multihomed";
  if (network == 0)
    return "public";
  if (gateway->firewall == SIM_FIREWALL_NO_UDP
      || gateway->firewall == SIM_FIREWALL_DNS_ONLY)
    return "blocked";
  if (!gateway->translates)
    return "firewall";
  if (plan->networks[network].outside != 0)
    return "double";
  return describe_nat (&gateway->nat);
}

static char *
describe_call (const SimPlan *plan, const SimCallPlan *call)
{
  const char *a, *b;

  if (call->ends[0].host == call->ends[1].host)
    return g_strdup ("same host");
  a = describe_host (plan, call->ends[0].host);
  b = describe_host (plan, call->ends[1].host);
  if (g_strcmp0 (a, b) > 0)
    return g_strdup_printf ("%s - %s", b, a);
  return g_strdup_printf ("%s - %s", a, b);
}

/* --- Counting ---------------------------------------------------------------------- */

static void
count (Row *row, const SimOutcome *outcome)
{
  row->n_calls++;
  row->n_paths += outcome->has_path ? 1 : 0;
  if (!outcome->connected)
    return;
  row->n_connected++;
  g_array_append_val (row->times, outcome->took);
}

void
sim_census_add (SimCensus *census, const SimPlan *plan, const SimWorld *world)
{
  const guint *happened = sim_world_get_happened (world);

  census->n_worlds++;
  for (guint i = 0; i < SIM_N_HAPPENINGS; i++)
    {
      census->n_happened[i] += happened[i] > 0;
      census->times[i] += happened[i];
    }
  for (guint i = 0; i < plan->calls->len; i++)
    {
      char *kind = describe_call (plan, sim_plan_get_call (plan, i));
      Row *row = g_hash_table_lookup (census->rows, kind);

      if (row == NULL)
        {
          row = row_new ();
          g_hash_table_insert (census->rows, g_strdup (kind), row);
        }
      count (row, sim_world_get_outcome (world, i));
      count (&census->all, sim_world_get_outcome (world, i));
      g_free (kind);
    }
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const FramTime *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

static void
print_row (GString *text, const char *kind, const Row *row)
{
  g_autoptr (GArray) times = g_array_copy (row->times);

  g_string_append_printf (text, "%-42s %7u %7u %9u", kind, row->n_calls, row->n_paths,
                          row->n_connected);
  g_array_sort (times, compare_times);
  if (times->len > 0)
    g_string_append_printf (
        text, " %8.0f %8.0f",
        (double) g_array_index (times, FramTime, times->len / 2) / 1e3,
        (double) g_array_index (times, FramTime, times->len * 95 / 100) / 1e3);
  g_string_append_c (text, '\n');
}

static void
print_happenings (GString *text, const SimCensus *census)
{
  g_string_append_printf (text, "\n%-48s %8s %7s %10s\n", "what happened", "worlds",
                          "of all", "times");
  for (guint i = 0; i < SIM_N_HAPPENINGS; i++)
    g_string_append_printf (text, "%-48s %8u %5.1f %% %10" G_GUINT64_FORMAT "\n",
                            sim_happening_to_text (i), census->n_happened[i],
                            100.0 * census->n_happened[i] / MAX (census->n_worlds, 1),
                            census->times[i]);
}

const char *
sim_census_get_missing (const SimCensus *census)
{
  for (guint i = 0; i < SIM_N_HAPPENINGS; i++)
    if (census->n_happened[i] == 0)
      return sim_happening_to_text (i);
  return NULL;
}

static gint
compare_kinds (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

char *
sim_census_to_text (const SimCensus *census)
{
  g_autoptr (GList) kinds
      = g_list_sort (g_hash_table_get_keys (census->rows), compare_kinds);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%-42s %7s %7s %9s %8s %8s\n", "kind of call", "calls",
                          "paths", "connected", "median", "95 %");
  for (const GList *l = kinds; l != NULL; l = l->next)
    print_row (text, l->data, g_hash_table_lookup (census->rows, l->data));
  print_row (text, "all", &census->all);
  g_string_append (text, "(times in simulated ms, from the offer until both sides are "
                         "completed)\n");
  print_happenings (text, census);
  return g_string_free (text, FALSE);
}
