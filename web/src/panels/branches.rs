//! Every way that the packet can go, as a tree with exact shares, and how many packets would spread over it.

use std::{collections::BTreeMap, rc::Rc};

use switchboard_engine::trace::Share;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    Dispatch,
    findings::prose,
    icons::{self, icon},
};
use crate::{
    protocol::{EndView, TraceView, WayView},
    state::{Action, Change, Move, Volley},
    volley::{Drawn, in_turns, volley},
    words,
};

/// How many ends of a way are shown before one asks for more.
const ENDS: usize = 24;
/// How many packets are sent at once.
const COUNT: u32 = 1000;
/// Rows of the table.
const ROWS: usize = 200;

/// What the panel shows.
#[derive(Debug)]
pub struct BranchesProps {
    /// The answer.
    pub trace: Option<Rc<TraceView>>,
    /// Which way of it is shown.
    pub way: usize,
    /// Which of its steps.
    pub step: usize,
    /// Many packets.
    pub volley: Volley,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn branches(props: &BranchesProps) -> Html {
    let Some(trace) = &props.trace else {
        return html! {
            <div class="plain-panel"><p>{ words::branches::NOTHING_SENT }</p></div>
        };
    };
    html! {
        <div class="branches">
            <section aria-label={words::branches::WAYS}>
                <h3>{ words::branches::every_way(&trace.shares) }</h3>
                { trunk(props, trace) }
                <ul class="tree">
                    { for trace.ways.iter().enumerate().map(|(nth, way)| html! {
                        <Way
                            key={nth}
                            {nth}
                            way={Rc::new(way.clone())}
                            common={trace.common as usize}
                            is_one_of_many={trace.ways.len() > 1}
                            is_shown={nth == props.way}
                            step={props.step}
                            dispatch={props.dispatch.clone()}
                        />
                    }) }
                </ul>
            </section>
            <Many trace={Rc::clone(trace)} volley={props.volley} dispatch={props.dispatch.clone()} />
        </div>
    }
}

/// Steps that all ways have in common.
fn trunk(props: &BranchesProps, trace: &TraceView) -> Html {
    let steps = trace.ways.first().map_or(&[][..], |way| &way.steps);
    let common = (trace.common as usize).min(steps.len());
    if trace.ways.len() < 2 || common == 0 {
        return html! {};
    }
    html! {
        <ol class="trunk" aria-label={words::branches::TRUNK}>
            { for steps[..common].iter().enumerate().map(|(nth, step)| {
                let onclick = props
                    .dispatch
                    .reform(move |_: MouseEvent| Action::Step(Move::To(nth)));
                let current = nth == props.step;
                html! {
                    <li key={nth}>
                        <button type="button" aria-current={current.then_some("step")} {onclick}>{ &step.title }</button>
                    </li>
                }
            }) }
        </ol>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct WayProps {
    nth: usize,
    way: Rc<WayView>,
    common: usize,
    is_one_of_many: bool,
    is_shown: bool,
    step: usize,
    dispatch: Dispatch,
}

#[function_component]
fn Way(props: &WayProps) -> Html {
    let shown = use_state(|| ENDS);
    let (way, nth, common) = (&props.way, props.nth, props.common);
    let (class, mark) = icons::headline(way.headline);
    let choose = {
        let dispatch = props.dispatch.clone();
        let last = way.steps.len().saturating_sub(1);
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Way(nth));
            // Where it parts from the others.
            dispatch.emit(Action::Step(Move::To(common.min(last))));
        })
    };
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(*shown + 10 * ENDS))
    };
    html! {
        <li>
            <button
                type="button"
                class={classes!("branch", class)}
                aria-pressed={props.is_shown.to_string()}
                onclick={choose}
            >
                <span class="share">{ &way.share }</span>
                <span class="mark">{ icon(mark) }</span>
                <span>
                    <strong>{ prose(&way.title) }</strong>
                    if let Some(ends) = way.ends_where.as_ref().filter(|_| props.is_one_of_many) {
                        <span class="sees">{ words::branches::ends(ends) }</span>
                    }
                    <span class="sees">{ words::common::the_client_sees(&way.client_sees_text) }</span>
                </span>
                <progress max="1" value={way.fraction.to_string()} aria-hidden="true" />
            </button>
            if way.entries.len() > 1 {
                <p class="leaf-head">{ words::branches::ENTERS_AT }</p>
                <ul class="leaves">
                    { for way.entries.iter().enumerate().take(*shown).map(|(at, end)| leaf(props, end, at, true)) }
                </ul>
            }
            if way.ends.len() > 1 {
                <p class="leaf-head">{ words::branches::ENDS_AT_ONE_OF }</p>
                <ul class="leaves">
                    { for way.ends.iter().enumerate().take(*shown).map(|(at, end)| leaf(props, end, at, false)) }
                </ul>
            }
            if way.ends.len().max(way.entries.len()) > *shown {
                <button type="button" class="link" onclick={more}>
                    { words::common::and_more(way.ends.len().max(way.entries.len()) - *shown) }
                </button>
            }
        </li>
    }
}

fn leaf(props: &WayProps, end: &EndView, at: usize, is_entry: bool) -> Html {
    let at = u32::try_from(at).ok();
    let is_shown = if is_entry {
        props.way.entry == at
    } else {
        props.way.end == at
    };
    let way = props.nth;
    let onclick = props.dispatch.reform(move |_: MouseEvent| {
        Action::Follow(Change::Branch {
            way,
            entry: at.filter(|_| is_entry),
            end: at.filter(|_| !is_entry),
        })
    });
    html! {
        <li key={format!("{}{}", end.title, end.subtitle)}>
            <button
                type="button"
                class="leaf"
                aria-pressed={(props.is_shown && is_shown).to_string()}
                {onclick}
            >
                <span class="share">{ &end.share }</span>
                <span><bdi>{ &end.title }</bdi>{ " " }<span class="mono where">{ &end.subtitle }</span></span>
            </button>
        </li>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ManyProps {
    trace: Rc<TraceView>,
    volley: Volley,
    dispatch: Dispatch,
}

/// Something that packets end at.
struct Bucket {
    title: String,
    subtitle: String,
    node: Option<String>,
    share: Share,
}

fn buckets(trace: &TraceView) -> Vec<Bucket> {
    let share = |text: &str| text.parse().unwrap_or(Share::ALL);
    let of_way = |way: &WayView| -> Vec<Bucket> {
        if way.ends.is_empty() {
            return vec![Bucket {
                title: way.title.clone(),
                subtitle: way.client_sees_text.clone(),
                node: None,
                share: share(&way.share),
            }];
        }
        let ends = way.ends.iter().map(|end| Bucket {
            title: end.title.clone(),
            subtitle: end.subtitle.clone(),
            node: end.node.as_ref().map(ToString::to_string),
            share: share(&end.share),
        });
        ends.collect()
    };
    let mut all: Vec<Bucket> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    // One endpoint can be reached by several ways.
    for bucket in trace.ways.iter().flat_map(of_way) {
        let key = (bucket.title.clone(), bucket.subtitle.clone());
        match places.get(&key) {
            Some(nth) => all[*nth].share = all[*nth].share.plus(bucket.share),
            None => {
                places.insert(key, all.len());
                all.push(bucket);
            }
        }
    }
    all
}

/// "Send 1,000".
#[function_component]
fn Many(props: &ManyProps) -> Html {
    let trace = &props.trace;
    let Volley { count, seed } = props.volley;
    let send = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            // The first time as the seed says, then with the next one.
            let seed = if count == 0 {
                seed
            } else {
                seed.wrapping_add(1)
            };
            dispatch.emit(Action::Follow(Change::Volley(Volley {
                count: COUNT,
                seed,
            })));
        })
    };
    let on_seed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Ok(seed) = input.value().parse() {
                dispatch.emit(Action::Follow(Change::Volley(Volley {
                    count: COUNT,
                    seed,
                })));
            }
        })
    };
    html! {
        <section class="many" aria-label={words::branches::MANY}>
            <div class="many-head">
                <button class="button" type="button" onclick={send}>{ words::branches::SEND_MANY }</button>
                if !trace.in_turns {
                    <label>{ words::branches::SEED }<input class="field" type="number" min="0" max="4294967295" value={seed.to_string()} oninput={on_seed} /></label>
                }
            </div>
            if let Some(timeout) = trace.affinity {
                <p class="quiet">{ words::branches::another_client(timeout) }</p>
            }
            if count > 0 {
                { spread(trace, count, seed) }
            } else {
                <p class="quiet">{ words::branches::MANY_MORE }</p>
            }
        </section>
    }
}

fn spread(trace: &TraceView, count: u32, seed: u32) -> Html {
    let in_turn = trace.in_turns;
    let buckets = buckets(trace);
    let shares: Vec<Share> = buckets.iter().map(|bucket| bucket.share).collect();
    let drawn = if in_turn {
        in_turns(&shares, count)
    } else {
        volley(&shares, count, seed)
    };
    let mut nodes: BTreeMap<String, (u32, Option<Share>)> = BTreeMap::new();
    for (bucket, drawn) in buckets.iter().zip(&drawn) {
        let name = bucket
            .node
            .clone()
            .unwrap_or_else(|| words::branches::NO_NODE.to_owned());
        let (sum, share) = nodes.entry(name).or_default();
        *sum += drawn.count;
        *share = Some(share.map_or(bucket.share, |share| share.plus(bucket.share)));
    }
    let rows = buckets.iter().zip(&drawn).take(ROWS);
    html! {
        <>
            <table class="table spread">
                <caption>{ if in_turn { words::branches::PER_ENDPOINT_IN_TURNS } else { words::branches::PER_ENDPOINT } }</caption>
                { heads(words::branches::ENDS_AT, in_turn) }
                <tbody>
                    { for rows.map(|(bucket, drawn)| row(
                        html! { <><bdi>{ prose(&bucket.title) }</bdi>{ " " }<span class="mono where">{ &bucket.subtitle }</span></> },
                        bucket.share,
                        drawn,
                        in_turn,
                    )) }
                    if buckets.len() > ROWS {
                        <tr><td colspan="5">{ words::common::and_more(buckets.len() - ROWS) }</td></tr>
                    }
                </tbody>
            </table>
            <table class="table spread">
                <caption>{ words::branches::PER_NODE }</caption>
                { heads(words::branches::NODE_OF_ENDPOINT, in_turn) }
                <tbody>
                    { for nodes.into_iter().take(ROWS).map(|(node, (sum, share))| {
                        let share = share.unwrap_or(Share::ALL);
                        let p = share.as_f64();
                        let drawn = Drawn {
                            count: sum,
                            expected: share.of_count(u64::from(count)),
                            usual: (f64::from(count) * p * (1.0 - p)).sqrt().round() as u32,
                        };
                        row(html! { <bdi>{ node }</bdi> }, share, &drawn, in_turn)
                    }) }
                </tbody>
            </table>
        </>
    }
}

fn heads(what: &'static str, in_turn: bool) -> Html {
    html! {
        <thead>
            <tr>
                <th scope="col">{ what }</th>
                <th scope="col" class="number">{ words::branches::SHARE }</th>
                <th scope="col" class="number">{ if in_turn { words::branches::TAKEN } else { words::branches::DRAWN } }</th>
                <th scope="col" class="number">{ words::branches::EXPECTED }</th>
                if !in_turn {
                    <th scope="col" class="number"><abbr title={words::branches::DEVIATION}>{ "±" }</abbr></th>
                }
            </tr>
        </thead>
    }
}

fn row(what: Html, share: Share, drawn: &Drawn, in_turn: bool) -> Html {
    let (whole, rest) = drawn.expected;
    let expected = match rest.to_string().as_str() {
        "0" => whole.to_string(),
        rest => format!("{whole} {rest}"),
    };
    html! {
        <tr>
            <td class="name">{ what }</td>
            <td class="number mono">{ share.to_string() }</td>
            <td class="number mono">{ drawn.count }</td>
            <td class="number mono">{ expected }</td>
            if !in_turn {
                <td class="number mono">{ drawn.usual }</td>
            }
        </tr>
    }
}
