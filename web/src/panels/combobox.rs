//! A field that offers what could stand in it: the ARIA pattern of an editable combobox with a listbox.
//!
//! What is offered comes from outside, in pages; the field says what it is asked and what was chosen. Arrows move in the
//! list, Enter takes what they stand on, Escape closes it, and whoever types is never in the way of anything.

use std::{cell::RefCell, rc::Rc};

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::{
    protocol::follow::{Field, Offer, OffersView, OffersWanted},
    words,
};

/// Offers of a page.
const PAGE: u32 = 60;
/// How far PageDown goes.
const LEAP: usize = 8;

/// A field.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ComboboxProps {
    /// Its id; the list's is made of it.
    pub id: AttrValue,
    /// Its label.
    pub label: AttrValue,
    /// Which field it is.
    pub field: Field,
    /// What stands in it.
    pub value: String,
    /// What stands in "From".
    #[prop_or_default]
    pub from: String,
    /// What it shows while it is empty.
    #[prop_or_default]
    pub placeholder: AttrValue,
    /// What could stand in it, if it was asked last.
    pub offers: Option<Rc<OffersView>>,
    /// It asks; `None`: it no longer does.
    pub on_ask: Callback<Option<OffersWanted>>,
    /// Somebody writes in it.
    pub on_input: Callback<String>,
    /// Something was chosen from the list.
    pub on_choose: Callback<String>,
    /// Whether the list opens upwards.
    #[prop_or_default]
    pub is_upward: bool,
}

/// The field and its list.
#[function_component]
pub fn Combobox(props: &ComboboxProps) -> Html {
    let open = use_state(|| false);
    let active = use_active();
    // A value that nobody has changed since the field was entered is no search: everything is offered.
    let searched = use_state(|| false);
    let list = use_node_ref();
    let most = use_state(|| PAGE);
    let asked = |text: &str, most: u32| OffersWanted {
        field: props.field,
        text: text.to_owned(),
        from: props.from.clone(),
        most,
    };
    let shown = props
        .offers
        .as_ref()
        .filter(|offers| *open && offers.wanted.field == props.field);
    let offers: &[Offer] = shown.map_or(&[], |offers| &offers.offers);
    let total = shown.map_or(0, |offers| offers.total as usize);
    {
        let list = list.clone();
        use_effect_with(active.get(), move |_| {
            let current = list
                .cast::<Element>()
                .and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
            if let Some(current) = current {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                current.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    let show = {
        let (open, active, most) = (open.clone(), active.clone(), most.clone());
        let (on_ask, wanted) = (props.on_ask.clone(), asked("", PAGE));
        move || {
            open.set(true);
            active.set(None);
            most.set(PAGE);
            on_ask.emit(Some(wanted.clone()));
        }
    };
    let hide = {
        let (open, active, on_ask) = (open.clone(), active.clone(), props.on_ask.clone());
        let is_open = *open;
        move || {
            if is_open {
                open.set(false);
                active.set(None);
                on_ask.emit(None);
            }
        }
    };
    let choose = {
        let (hide, on_choose) = (hide.clone(), props.on_choose.clone());
        move |value: String| {
            hide();
            on_choose.emit(value);
        }
    };
    let oninput = {
        let (open, active, searched, most) =
            (open.clone(), active.clone(), searched.clone(), most.clone());
        let (on_ask, on_input, field, from) = (
            props.on_ask.clone(),
            props.on_input.clone(),
            props.field,
            props.from.clone(),
        );
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let text = input.value();
            open.set(true);
            active.set(None);
            searched.set(true);
            most.set(PAGE);
            on_ask.emit(Some(OffersWanted {
                field,
                text: text.clone(),
                from: from.clone(),
                most: PAGE,
            }));
            on_input.emit(text);
        })
    };
    let onkeydown = {
        let (open, active, most) = (open.clone(), active.clone(), most.clone());
        let (show, hide, choose, on_ask) = (
            show.clone(),
            hide.clone(),
            choose.clone(),
            props.on_ask.clone(),
        );
        let values: Vec<String> = offers.iter().map(|offer| offer.value.clone()).collect();
        let text = if *searched {
            props.value.clone()
        } else {
            String::new()
        };
        let more = asked(&text, *most + PAGE);
        Callback::from(move |event: KeyboardEvent| {
            let last = values.len().checked_sub(1);
            let by = |at: Option<usize>| {
                active.set(at);
            };
            match event.key().as_str() {
                "ArrowDown" | "ArrowUp" if !*open => show(),
                "ArrowDown" => {
                    let next = active.get().map_or(0, |at| at + 1);
                    if last.is_some_and(|last| next <= last) {
                        by(Some(next));
                    }
                    // The end of a page: the next one.
                    if last == Some(next) && values.len() < total {
                        most.set(*most + PAGE);
                        on_ask.emit(Some(more.clone()));
                    }
                }
                "ArrowUp" => by(active.get().and_then(|at| at.checked_sub(1))),
                "PageDown" if *open => {
                    by(last.map(|last| active.get().map_or(0, |at| at + LEAP).min(last)));
                }
                "PageUp" if *open => by(active.get().map(|at| at.saturating_sub(LEAP))),
                "Enter" => match active.get().and_then(|at| values.get(at)) {
                    Some(value) if *open => choose(value.clone()),
                    _ => {
                        // The form is sent.
                        hide();
                        return;
                    }
                },
                "Escape" if *open => hide(),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let onblur = {
        let (hide, searched) = (hide.clone(), searched.clone());
        Callback::from(move |_: FocusEvent| {
            searched.set(false);
            hide();
        })
    };
    let onclick = {
        let (show, is_open) = (show.clone(), *open);
        Callback::from(move |_: MouseEvent| {
            if !is_open {
                show();
            }
        })
    };
    let list_id = format!("{}-list", props.id);
    let option_id = |nth: usize| format!("{}-{nth}", props.id);
    let mut group: Option<&str> = None;
    let rows = offers.iter().enumerate().map(|(nth, offer)| {
        let heading = (group != Some(&offer.group)).then_some(offer.group.as_str());
        group = Some(&offer.group);
        let chosen = {
            let (choose, value) = (choose.clone(), offer.value.clone());
            // Before the field loses the focus.
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                choose(value.clone());
            })
        };
        html! {
            <>
                if let Some(heading) = heading {
                    <li class="offer-group" role="presentation">{ heading }</li>
                }
                <li
                    id={option_id(nth)}
                    class="offer"
                    role="option"
                    aria-selected={(active.get() == Some(nth)).to_string()}
                    onmousedown={chosen}
                >
                    <span class="offer-value"><bdi>{ &offer.value }</bdi></span>
                    <span class="offer-detail"><bdi>{ &offer.detail }</bdi></span>
                </li>
            </>
        }
    });
    let rows: Html = rows.collect();
    let is_expanded = *open && !offers.is_empty();
    let read = shown
        .and_then(|offers| offers.read.as_ref())
        .filter(|_| *searched);
    let is_wrong = read.is_some_and(Result::is_err);
    html! {
        <span class={classes!("combobox", props.is_upward.then_some("upward"))}>
            <input
                id={props.id.clone()}
                class="field"
                type="text"
                role="combobox"
                aria-label={props.label.clone()}
                aria-expanded={is_expanded.to_string()}
                aria-controls={list_id.clone()}
                aria-autocomplete="list"
                aria-activedescendant={active.get().filter(|_| is_expanded).map(option_id)}
                aria-invalid={is_wrong.then_some("true")}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder={props.placeholder.clone()}
                value={props.value.clone()}
                {oninput}
                {onkeydown}
                {onblur}
                {onclick}
            />
            <div class={classes!("offers", (!*open || shown.is_none()).then_some("closed"))}>
                <ul ref={list} id={list_id} role="listbox" aria-label={words::probe::SUGGESTIONS}>{ rows }</ul>
                { foot(offers.len(), total, read) }
            </div>
        </span>
    }
}

/// The offer that the arrows stand on. A key hears what the one before it did, even if that is not drawn yet.
#[derive(Clone)]
struct Active {
    at: Rc<RefCell<Option<usize>>>,
    redraw: UseForceUpdateHandle,
}

impl Active {
    fn get(&self) -> Option<usize> {
        *self.at.borrow()
    }

    fn set(&self, at: Option<usize>) {
        if self.at.replace(at) != at {
            self.redraw.force_update();
        }
    }
}

#[hook]
fn use_active() -> Active {
    Active {
        at: use_mut_ref(|| None),
        redraw: use_force_update(),
    }
}

fn foot(offered: usize, total: usize, read: Option<&Result<String, String>>) -> Html {
    let count = match (offered, total) {
        (0, _) => words::probe::NO_SUGGESTION.to_owned(),
        (offered, total) if offered < total => words::probe::narrow_down(offered, total),
        _ => String::new(),
    };
    let (class, text) = match read {
        Some(Err(why)) => ("wrong", why.clone()),
        Some(Ok(read)) => ("", words::probe::read_as(read)),
        None => ("", String::new()),
    };
    if text.is_empty() && count.is_empty() {
        return html! {};
    }
    html! {
        <p class="offers-foot" role="status">
            if !text.is_empty() {
                <span class={class}>{ super::findings::prose(&text) }</span>
            }
            if !count.is_empty() {
                <span>{ count }</span>
            }
        </p>
    }
}
