#include "broker/known.h"

/* The strings of a fact, where it has them. */
static void
find_strings (FramFact *fact, const char **ret_strings[2])
{
  ret_strings[0] = ret_strings[1] = NULL;
  switch (fact->kind)
    {
    case FRAM_FACT_SERVER_ANSWERED:
    case FRAM_FACT_SERVER_SILENT:
      ret_strings[0] = &fact->server.uri;
      break;
    case FRAM_FACT_DEAF:
    case FRAM_FACT_HEARD:
      ret_strings[0] = &fact->deaf.interface;
      ret_strings[1] = &fact->deaf.uri;
      break;
    case FRAM_FACT_NAT:
      ret_strings[0] = &fact->nat.interface;
      break;
    case FRAM_FACT_LIFETIME:
      ret_strings[0] = &fact->lifetime.interface;
      break;
    }
}

FramFact *
fram_fact_copy (const FramFact *fact)
{
  FramFact *copy = g_memdup2 (fact, sizeof *fact);
  const char **strings[2];

  find_strings (copy, strings);
  for (guint i = 0; i < G_N_ELEMENTS (strings) && strings[i] != NULL; i++)
    *strings[i] = g_strdup (*strings[i] != NULL ? *strings[i] : "");
  return copy;
}

void
fram_fact_free (FramFact *fact)
{
  const char **strings[2];

  if (fact == NULL)
    return;
  find_strings (fact, strings);
  for (guint i = 0; i < G_N_ELEMENTS (strings) && strings[i] != NULL; i++)
    g_free ((char *) *strings[i]);
  g_free (fact);
}
