/* Which servers answer over UDP, how fast, and which of them offer the tests of RFC 5780: one
 * Binding request to each, from one socket.
 *
 * It is sans-IO, as nat/behaviour.h, and driven the same way, but for its end: servers may be
 * added as long as it lives, so there is no DONE; CHANGED says that a row is over.  A server
 * that is silent is given up after some four seconds. */
#pragma once

#include "base/random.h"
#include "nat/event.h"
#include "nat/kind.h"

#define FRAM_NAT_SURVEY_MAX_SERVERS 32

typedef struct
{
  FramAddress server;
  gboolean is_over;
  FramNatAnswer answers; /* over UDP */
  gboolean is_refused;   /* the network said by ICMP that nobody is there */
  gboolean helps;        /* it told of another address */
  FramTime rtt;          /* -1: unknown; also where a repetition was answered */
  FramAddress mapped;    /* family NONE: not told */
} FramNatSurveyRow;

typedef struct _FramNatSurvey FramNatSurvey;

/* `random` must outlive it. */
FramNatSurvey *fram_nat_survey_new (FramRandom *random, FramTime now);
void fram_nat_survey_free (FramNatSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNatSurvey, fram_nat_survey_free)

/* Asks one more server, if it is not in the list and there is room. */
void fram_nat_survey_add (FramNatSurvey *survey, const FramAddress *server);

gboolean fram_nat_survey_receive (FramNatSurvey *survey, const FramAddress *from,
                                  const guint8 *data, gsize length, FramTime now);
void fram_nat_survey_told_unreachable (FramNatSurvey *survey, const FramAddress *remote);
FramTime fram_nat_survey_deadline (const FramNatSurvey *survey);
void fram_nat_survey_advance (FramNatSurvey *survey, FramTime now);
/* FRAM_TIME_NEVER: there is no new question. */
FramTime fram_nat_survey_send_due (const FramNatSurvey *survey);
/* Asks one; FALSE if there is none. */
gboolean fram_nat_survey_send (FramNatSurvey *survey, FramTime now);
gboolean fram_nat_survey_pop (FramNatSurvey *survey, FramNatEvent *ret_event);

guint fram_nat_survey_count (const FramNatSurvey *survey);
void fram_nat_survey_get (const FramNatSurvey *survey, guint i,
                          FramNatSurveyRow *ret_row);
/* Whether all servers have answered or were given up. */
gboolean fram_nat_survey_is_over (const FramNatSurvey *survey);
