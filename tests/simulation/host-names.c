/* A host's Multicast DNS: what Avahi does for the broker, where it runs. */
#include "host-private.h"

/* RFC 6762 §5.2: a question is asked again after that, then after twice as long ... */
#define FIRST_AGAIN FRAM_SECONDS (1)
/* ... but at least so often. */
#define LAST_AGAIN FRAM_SECONDS (8)

typedef struct
{
  FramNameId id;
  char *text;
  gboolean is_own;
  FramAddress address; /* if it is */
  FramTime again;      /* if it is not */
} Name;

static void
name_free (gpointer data)
{
  Name *name = data;

  g_free (name->text);
  g_free (name);
}

GHashTable *
sim_host_names_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, name_free);
}

static Name *
add_name (SimHost *host, const FramEvent *event)
{
  Name *name = g_new0 (Name, 1);

  name->id = event->name;
  name->text = g_strdup (event->text);
  if (!g_hash_table_insert (host->names, GUINT_TO_POINTER (name->id), name))
    SIM_HOST_VIOLATE (host, "name-once", "name %u comes again", event->name);
  return name;
}

static void
later (SimHost *host, FramTime after, SimAction action, FramNameId id)
{
  sim_schedule_add (host->context->schedule, sim_host_now (host) + after, action, host,
                    GUINT_TO_POINTER (id), NULL);
}

/* --- Publishing -------------------------------------------------------------------- */

static void
finish_publishing (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  const Name *name = g_hash_table_lookup (host->names, detail);
  const SimInterfacePlan *interface;

  if (host->broker == NULL || name == NULL)
    return;
  interface = sim_host_find_interface (host, &name->address);
  if (!host->planned->nameless && interface != NULL)
    sim_names_publish (host->topology->names, host, interface->network, name->text,
                       &name->address);
  fram_broker_told_name_published (host->broker, name->id,
                                   !host->planned->nameless && interface != NULL,
                                   sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_publish (SimHost *host, const FramEvent *event)
{
  Name *name = add_name (host, event);

  name->is_own = TRUE;
  name->address = event->bind;
  if (!sim_host_has_address (host, &event->bind))
    SIM_HOST_VIOLATE (host, "name-has-address", "name %u is of none", event->name);
  later (host, host->planned->nameless ? 0 : host->plan->names_delay, finish_publishing,
         event->name);
}

/* --- Resolving --------------------------------------------------------------------- */

static gboolean
find_address (SimHost *host, const Name *name, FramAddress *ret_address)
{
  for (guint i = 0; i < host->planned->n_interfaces; i++)
    if ((host->lost & (1u << i)) == 0
        && sim_names_find (host->topology->names, host,
                           host->planned->interfaces[i].network, name->text, ret_address))
      return TRUE;
  return FALSE;
}

static void
ask (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  Name *name = g_hash_table_lookup (host->names, detail);
  FramNameId id = GPOINTER_TO_UINT (detail);
  FramAddress address;
  gboolean found;

  if (host->broker == NULL || name == NULL)
    return;
  found = !host->planned->nameless && find_address (host, name, &address)
          && !sim_dice_chance (host->context->dice, host->plan->names_loss);
  if (!found && !host->planned->nameless)
    {
      later (host, name->again, ask, id);
      name->again = MIN (2 * name->again, LAST_AGAIN);
      return;
    }
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "%s is %s", name->text, found ? "found" : "not looked for");
  if (found)
    sim_journal_count (host->context->journal, SIM_NAME_FOUND);
  g_hash_table_remove (host->names, detail);
  fram_broker_told_name_resolved (host->broker, id, &address, found, sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_resolve_name (SimHost *host, const FramEvent *event)
{
  add_name (host, event)->again = FIRST_AGAIN;
  later (host, host->planned->nameless ? 0 : host->plan->names_delay, ask, event->name);
}

/* --- The end ----------------------------------------------------------------------- */

void
sim_host_forget_name (SimHost *host, const FramEvent *event)
{
  const Name *name = g_hash_table_lookup (host->names, GUINT_TO_POINTER (event->name));

  if (name == NULL)
    {
      SIM_HOST_VIOLATE (host, "name-exists", "name %u is forgotten", event->name);
      return;
    }
  if (name->is_own)
    sim_names_withdraw (host->topology->names, name->text);
  else
    sim_journal_count (host->context->journal, SIM_NAME_NOT_FOUND);
  g_hash_table_remove (host->names, GUINT_TO_POINTER (event->name));
}

void
sim_host_leave_names (SimHost *host)
{
  sim_names_withdraw_all (host->topology->names, host);
  g_hash_table_remove_all (host->names);
}
