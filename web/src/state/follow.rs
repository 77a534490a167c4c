//! What surrounds the journey: offers for the probe bar, other proxy modes, rules, slices, an object as stored.

use std::rc::Rc;

use switchboard_engine::{Str, cluster::ProxyMode, packet::Family};

use super::{Sent, State, Tab, probes};
use crate::{
    protocol::{
        ProbeText, StepView,
        follow::{
            Answer, BranchWanted, ModeView, OffersView, OffersWanted, Question, RulesView,
            RulesWanted, Ruleset, SlicesView, SlicesWanted, StoredView,
        },
    },
    scene::{ColumnKey, Key, Name},
};

/// How long a step is shown at speed 1 while playing, in milliseconds.
const STEP: f64 = 1700.0;

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Follow {
    /// What a field that is being written could hold.
    pub offers: Option<Rc<OffersView>>,
    /// The same as it was last asked; `None`: no field is being written.
    pub offers_wanted: Option<OffersWanted>,
    /// A probe to be turned round.
    pub swap_wanted: Option<ProbeText>,
    /// What is wrong with the probe bar, in one line.
    pub refusal: Option<String>,
    /// Probes that were sent to this cluster, the newest first.
    pub sent: Vec<Sent>,
    /// How fast steps follow each other.
    pub speed: Speed,
    /// The proxy mode whose journey is shown in place of the cluster's own.
    pub mode: Option<ProxyMode>,
    /// The probe in every mode.
    pub modes: Option<Rc<(ProbeText, Vec<ModeView>)>>,
    /// The journey that was chosen of many.
    pub branch: Option<BranchWanted>,
    /// The Rules panel.
    pub rules: Rules,
    /// Many packets.
    pub volley: Volley,
    /// The EndpointSlices panel.
    pub slices: Option<Rc<SlicesView>>,
    /// The YAML panel: of this object; `None` in it: there is nothing to show.
    pub stored: Option<(Key, Option<Rc<StoredView>>)>,
}

/// The Rules panel: what was chosen in it, and what it shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The chosen node; `None`: the step's.
    pub node: Option<Str>,
    /// The chosen mode; `None`: the one of the journey that is shown.
    pub mode: Option<ProxyMode>,
    /// The chosen family; `None`: the step's.
    pub family: Option<Family>,
    /// As kube-proxy writes them.
    pub written: bool,
    /// What is looked for.
    pub search: String,
    /// The Service whose rules are looked for.
    pub service: Option<Name>,
    /// The first line of the page that is wanted; `None`: wherever what is looked for stands.
    pub from: Option<u32>,
    /// Which of what is looked for is in front.
    pub nth: usize,
    /// The page.
    pub page: Option<Rc<RulesView>>,
    /// Whether there is no such node.
    pub is_missing: bool,
    /// All of it is to be copied or saved.
    pub text_wanted: Option<(Ruleset, Use)>,
    /// It has come.
    pub text: Option<(Rc<str>, Use)>,
}

/// What to do with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Use {
    Copy,
    Save,
}

/// How fast steps follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Speed {
    Half,
    #[default]
    Normal,
    Double,
    Quadruple,
}

impl Speed {
    /// All, slowest first.
    pub const ALL: [Self; 4] = [Self::Half, Self::Normal, Self::Double, Self::Quadruple];

    /// As a button says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Half => "½×",
            Self::Normal => "1×",
            Self::Double => "2×",
            Self::Quadruple => "4×",
        }
    }

    /// How long a step is shown, in milliseconds.
    pub fn step(self) -> u32 {
        let factor = match self {
            Self::Half => 0.5,
            Self::Normal => 1.0,
            Self::Double => 2.0,
            Self::Quadruple => 4.0,
        };
        (STEP / factor) as u32
    }

    /// The next faster one, then the slowest.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Half => Self::Normal,
            Self::Normal => Self::Double,
            Self::Double => Self::Quadruple,
            Self::Quadruple => Self::Half,
        }
    }
}

/// Many packets of one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volley {
    /// How many; 0: none were sent.
    pub count: u32,
    /// Where the draws start.
    pub seed: u32,
}

impl Default for Volley {
    fn default() -> Self {
        Self { count: 0, seed: 1 }
    }
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum Change {
    /// The worker has answered.
    Told(Box<Answer>),
    /// A field is being written, or none.
    Offer(Option<OffersWanted>),
    /// Turn the probe round.
    Swap,
    /// A probe that was sent goes from the list.
    Forget(usize),
    /// Faster or slower.
    Speed(Speed),
    /// Show the journey of another mode; `None`: of the cluster's own.
    Mode(Option<ProxyMode>),
    /// Show another journey of the same way.
    Branch {
        /// Of this way.
        way: usize,
        /// By this entry.
        entry: Option<u32>,
        /// To this end.
        end: Option<u32>,
    },
    /// The Rules panel shows something else.
    Rules(RulesChange),
    /// Many packets, or other draws.
    Volley(Volley),
}

/// What can be chosen in the Rules panel.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `Rules` say it")]
pub enum RulesChange {
    Node(Option<Str>),
    Mode(ProxyMode),
    Family(Family),
    Written(bool),
    Search(String),
    Service(Option<Name>),
    /// Another page.
    From(u32),
    /// The next of what is looked for, or the one before.
    Go(isize),
    /// All of it.
    Text(Use),
    /// It was used.
    TextUsed,
}

pub(super) fn apply(state: &mut State, change: Change) {
    let follow = &mut state.follow;
    match change {
        Change::Told(answer) => told(state, *answer),
        Change::Offer(wanted) => {
            if wanted.is_none() {
                follow.offers = None;
            }
            follow.offers_wanted = wanted;
        }
        Change::Swap => follow.swap_wanted = Some(state.draft.clone()),
        Change::Forget(nth) => probes::forget(&mut follow.sent, nth),
        Change::Speed(speed) => follow.speed = speed,
        Change::Mode(mode) => {
            follow.mode = mode;
            follow.branch = None;
            show_mode(state);
        }
        Change::Branch { way, entry, end } => {
            if let Some(probe) = state.asked.clone() {
                follow.branch = Some(BranchWanted {
                    probe,
                    mode: follow.mode,
                    way: u32::try_from(way).unwrap_or(u32::MAX),
                    entry,
                    end,
                });
            }
            super::action::show_way(state, way);
        }
        Change::Rules(change) => rules(state, change),
        Change::Volley(volley) => follow.volley = volley,
    }
}

fn rules(state: &mut State, change: RulesChange) {
    let wanted = state.ruleset();
    let rules = &mut state.follow.rules;
    match change {
        RulesChange::Go(by) => {
            let length = rules.looked_for().len();
            if let Some(last) = length.checked_sub(1) {
                rules.nth = match rules.nth.checked_add_signed(by) {
                    Some(nth) if nth <= last => nth,
                    Some(_) => 0,
                    None => last,
                };
            }
            return;
        }
        RulesChange::From(from) => {
            rules.from = Some(from);
            return;
        }
        RulesChange::Text(what) => {
            rules.text_wanted = wanted.map(|wanted| (wanted, what));
            return;
        }
        RulesChange::TextUsed => {
            rules.text = None;
            return;
        }
        RulesChange::Node(node) => rules.node = node,
        RulesChange::Mode(mode) => rules.mode = Some(mode),
        RulesChange::Family(family) => rules.family = Some(family),
        RulesChange::Written(written) => rules.written = written,
        RulesChange::Search(search) => rules.search = search,
        RulesChange::Service(service) => {
            rules.service = service;
            rules.search.clear();
        }
    }
    (rules.from, rules.nth) = (None, 0);
}

impl Rules {
    /// The lines that next and previous go through: those with the text, those of the Service, or those that were met.
    pub fn looked_for(&self) -> Vec<u32> {
        match &self.page {
            None => Vec::new(),
            Some(page) if self.is_searching() => page.hits.clone(),
            Some(page) => page.met.iter().map(|(line, _)| *line).collect(),
        }
    }

    /// Whether a text or a Service is looked for.
    pub fn is_searching(&self) -> bool {
        !self.search.trim().is_empty() || self.service.is_some()
    }
}

fn told(state: &mut State, answer: Answer) {
    let follow = &mut state.follow;
    match answer {
        Answer::Offers(offers) => {
            if follow.offers_wanted.as_ref() == Some(&offers.wanted) {
                follow.offers = Some(Rc::new(*offers));
            }
        }
        Answer::Swap(swapped) => {
            follow.swap_wanted = None;
            match swapped {
                Ok(probe) => {
                    follow.refusal = None;
                    state.draft = probe;
                }
                Err(why) => follow.refusal = Some(why),
            }
        }
        Answer::Modes(probe, modes) => {
            if state.asked.as_ref() == Some(&probe) {
                follow.modes = Some(Rc::new((probe, modes)));
                show_mode(state);
            }
        }
        Answer::Outcomes(outcomes) => probes::told(&mut follow.sent, outcomes),
        Answer::Branch(wanted, way) => {
            let is_wanted = follow.branch.as_ref() == Some(&wanted);
            if let (true, Some(way), Some(Ok(trace))) = (is_wanted, way, &mut state.trace)
                && let Some(shown) = Rc::make_mut(trace).ways.get_mut(wanted.way as usize)
            {
                *shown = *way;
                state.step = state.step.min(shown.steps.len().saturating_sub(1));
            }
        }
        Answer::Rules(page) => {
            follow.rules.is_missing = page.is_none();
            if let Some(page) = page {
                // Where the step is taken to is its last match.
                if page.wanted.from.is_none() && follow.rules.nth == 0 && page.hits.is_empty() {
                    let last = page.met.iter().rposition(|(_, matched)| *matched);
                    follow.rules.nth = last.unwrap_or(0);
                }
                follow.rules.page = Some(Rc::new(*page));
            }
        }
        Answer::RulesText(ruleset, text) => {
            if let Some((wanted, what)) = follow.rules.text_wanted.take()
                && wanted == ruleset
            {
                follow.rules.text = Some((text.into(), what));
            }
        }
        Answer::Slices(slices) => follow.slices = slices.map(|slices| Rc::new(*slices)),
        Answer::Stored(key, stored) => {
            follow.stored = Some((key, stored.map(|stored| Rc::new(*stored))));
        }
        Answer::WhatIf(answer) => super::whatif::told(state, *answer),
    }
}

/// Puts the journey of the chosen mode where the map and the panels look for it, as soon as it is there.
fn show_mode(state: &mut State) {
    let Some(modes) = state.follow.modes.clone() else {
        return;
    };
    if state.asked.as_ref() != Some(&modes.0) || !matches!(state.trace, Some(Ok(_))) {
        return;
    }
    let chosen = modes.1.iter().find(|view| match state.follow.mode {
        Some(mode) => view.mode == mode,
        None => view.is_own,
    });
    let shown = state.trace.as_ref().and_then(|trace| trace.as_ref().ok());
    if let Some(view) = chosen
        && shown.is_none_or(|shown| shown.mode != view.mode)
    {
        state.trace = Some(Ok(Rc::new(view.trace.clone())));
        super::action::show_way(state, state.way);
    }
}

/// A probe was sent: it is kept, and what was about another one goes.
pub(super) fn sent(follow: &mut Follow, probe: &ProbeText) {
    probes::remember(&mut follow.sent, probe);
    (follow.refusal, follow.branch, follow.modes) = (None, None, None);
    follow.volley.count = 0;
}

/// Another text is there: what was chosen in the old one may not exist.
pub(super) fn opened(follow: &mut Follow) {
    *follow = Follow {
        speed: follow.speed,
        ..Follow::default()
    };
}

/// A panel was opened.
pub(super) fn tab(state: &mut State, _tab: Tab) {
    // Without a choice of one's own the panel follows the step.
    (state.follow.rules.from, state.follow.rules.nth) = (None, 0);
}

/// Another step is shown: what followed the last one follows this.
pub(super) fn stepped(follow: &mut Follow) {
    if !follow.rules.is_searching() {
        (follow.rules.from, follow.rules.nth) = (None, 0);
    }
}

impl State {
    /// The step whose node, rules and Service the panels follow: the current one, else the last before it that has some.
    fn leading_step(&self, has: impl Fn(&StepView) -> bool) -> Option<&StepView> {
        let steps = &self.current_way()?.steps;
        let so_far = steps.get(..=self.step)?;
        so_far
            .iter()
            .rev()
            .find(|step| has(step))
            .or_else(|| steps.iter().find(|step| has(step)))
    }

    /// The rules that are shown: of the chosen node, else the step's, else the first.
    pub fn ruleset(&self) -> Option<Ruleset> {
        let rules = &self.follow.rules;
        let met = self
            .current_step()
            .and_then(|step| step.rules.last())
            .map(|met| &met.rule);
        let selected = match &self.selected {
            Some(Key::Column(ColumnKey::Node(name))) => Some(name.clone()),
            _ => None,
        };
        let of_step = || {
            let rule = met.map(|met| met.node.clone());
            rule.or_else(|| self.leading_step(|step| step.node.is_some())?.node.clone())
        };
        let first = || {
            let columns = &self.picture.as_ref()?.drawing.columns;
            columns.iter().find_map(|column| match &column.column.key {
                ColumnKey::Node(name) => Some(name.clone()),
                _ => None,
            })
        };
        let chosen = rules.node.clone().or(selected);
        let family = met.map(|met| met.family).or_else(|| {
            let step = self.leading_step(|step| step.after.is_some())?;
            Some(Family::of(step.after?.destination))
        });
        Some(Ruleset {
            node: chosen.or_else(of_step).or_else(first)?,
            mode: rules.mode.or(self.follow.mode),
            family: rules.family.or(family).unwrap_or(Family::V4),
            written: rules.written,
        })
    }

    fn rules_question(&self) -> Option<RulesWanted> {
        let rules = &self.follow.rules;
        let ruleset = self.ruleset()?;
        // A walk through one mode's rules says nothing about another's.
        let shown = self.trace.as_ref().and_then(|trace| trace.as_ref().ok());
        let own = shown.is_some_and(|trace| ruleset.mode.is_none_or(|mode| mode == trace.mode));
        Some(RulesWanted {
            met: match self.current_step().filter(|_| own) {
                Some(step) => step.rules.iter().map(|met| met.rule.clone()).collect(),
                None => Vec::new(),
            },
            from: rules.from,
            search: rules.search.clone(),
            service: rules.service.clone(),
            ruleset,
        })
    }

    fn slices_question(&self) -> Option<SlicesWanted> {
        let selected = match &self.selected {
            Some(Key::Service(name) | Key::LoadBalancer(name)) => Some(name.clone()),
            _ => None,
        };
        let step = self.leading_step(|step| step.service.is_some());
        let of_step = || Some(step?.service.as_ref()?.0.clone());
        Some(SlicesWanted {
            service: selected.or_else(of_step)?,
            node: self
                .current_step()
                .and_then(|step| step.node.clone())
                .or_else(|| step?.node.clone())
                .or_else(|| self.ruleset().map(|ruleset| ruleset.node)),
        })
    }

    fn stored_question(&self) -> Option<Key> {
        let of_step = || {
            let step = self.leading_step(|step| step.service.is_some())?;
            let (name, _) = step.service.clone()?;
            Some(Key::Service(name))
        };
        self.selected.clone().or_else(of_step)
    }

    /// What the panels that are open need to know.
    pub fn follow_questions(&self) -> Vec<Question> {
        let follow = &self.follow;
        let probe = self
            .asked
            .clone()
            .filter(|_| matches!(self.trace, Some(Ok(_))));
        let modes = probe.filter(|_| self.tab == Tab::Modes || follow.mode.is_some());
        let open = |tab| self.tab == tab;
        [
            follow.offers_wanted.clone().map(Question::Offers),
            follow.swap_wanted.clone().map(Question::Swap),
            modes.map(Question::Modes),
            probes::question(&follow.sent).filter(|_| open(Tab::Probes)),
            follow.branch.clone().map(Question::Branch),
            self.rules_question()
                .filter(|_| open(Tab::Rules))
                .map(Question::Rules),
            follow
                .rules
                .text_wanted
                .clone()
                .map(|(ruleset, _)| Question::RulesText(ruleset)),
            self.slices_question()
                .filter(|_| open(Tab::Slices))
                .map(Question::Slices),
            self.stored_question()
                .filter(|_| open(Tab::Stored))
                .map(Question::Stored),
        ]
        .into_iter()
        .flatten()
        .chain(self.whatif_questions())
        .collect()
    }
}
