//! The name resolution of a journey: each query with its answer.

use switchboard_engine::trace::{Exchange, Lookup, Resolver};
use yew::prelude::*;

use super::breakable;
use crate::words;

/// What the panel shows.
#[derive(Debug)]
pub struct DnsProps {
    /// The resolution; `None`: the probe has no name, or nothing was sent.
    pub lookup: Option<Lookup>,
    /// Whether something was sent.
    pub sent: bool,
}

/// The panel.
pub fn dns(props: &DnsProps) -> Html {
    let Some(lookup) = &props.lookup else {
        let said = if props.sent {
            words::journey::NO_NAME
        } else {
            words::journey::NO_LOOKUP
        };
        return html! { <div class="plain-panel"><p>{ said }</p></div> };
    };
    let result = match (lookup.addresses.as_slice(), &lookup.leaves_as) {
        ([], Some(name)) => words::journey::leads_out_as(name),
        ([], None) => words::journey::NO_ADDRESS.to_owned(),
        (addresses, _) => addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    html! {
        <div class="plain-panel">
            <p><code>{ lookup.host.as_str() }</code>{ " → " }<code>{ result }</code></p>
            { resolv_conf(lookup) }
            { queries(lookup) }
        </div>
    }
}

fn queries(lookup: &Lookup) -> Html {
    if lookup.exchanges.is_empty() {
        return html! { <p>{ words::journey::NO_QUERY }</p> };
    }
    html! {
        <table class="table">
            <caption>{ words::journey::QUERIES }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "#" }</th>
                    <th scope="col">{ words::journey::QUERY_NAME }</th>
                    <th scope="col">{ words::journey::QUERY_MADE_WITH }</th>
                    <th scope="col">{ words::journey::QUERY_TYPE }</th>
                    <th scope="col">{ words::journey::QUERY_ANSWER }</th>
                    <th scope="col">{ words::journey::QUERY_RECORDS }</th>
                </tr>
            </thead>
            <tbody>
                { for lookup.exchanges.iter().enumerate().map(|(nth, exchange)| html! {
                    <tr key={nth}>
                        <td>{ nth + 1 }</td>
                        <td class="mono name">{ breakable(&exchange.name) }</td>
                        <td class="name">{ breakable(&made_with(exchange, lookup)) }</td>
                        <td class="mono">{ exchange.record.as_str() }</td>
                        <td class={classes!("mono", is_refusal(&exchange.rcode).then_some("rcode-bad"))}>
                            { exchange.rcode.as_str() }
                        </td>
                        <td class="mono name">
                            { for exchange.answers.iter().map(|answer| html! { <div>{ answer.as_str() }</div> }) }
                        </td>
                    </tr>
                }) }
            </tbody>
        </table>
    }
}

/// Whether the server said that there is nothing: what a server outside would say is not known.
fn is_refusal(rcode: &str) -> bool {
    rcode != "NOERROR" && rcode != Exchange::UPSTREAM
}

/// The sender's resolv.conf, with what of it was needed; whose it is, where it stands in no manifest.
fn resolv_conf(lookup: &Lookup) -> Html {
    let Some(resolver) = &lookup.resolver else {
        return html! { <p>{ words::journey::RESOLVER_OUTSIDE }</p> };
    };
    if *resolver == Resolver::default() {
        return html! { <p>{ words::journey::RESOLVER_OF_NODE }</p> };
    }
    let tried = |nth: usize| {
        let mut searches = lookup
            .exchanges
            .iter()
            .filter_map(|exchange| exchange.search);
        searches.any(|search| search as usize == nth)
    };
    let lines =
        |values: &[switchboard_engine::Str], word: &'static str, marked: &dyn Fn(usize) -> bool| {
            values
                .iter()
                .enumerate()
                .map(|(nth, value)| {
                    html! {
                        <div>
                            { breakable(value) }
                            if marked(nth) {
                                <span class="why">{ word }</span>
                            }
                        </div>
                    }
                })
                .collect::<Html>()
        };
    // As resolv.conf itself spells them.
    let row = |keyword: &'static str, values: Html| {
        html! {
            <tr>
                <th scope="row">{ keyword }</th>
                <td class="mono name">{ values }</td>
            </tr>
        }
    };
    let asked = |nth: usize| nth == 0 && !lookup.exchanges.is_empty();
    html! {
        <table class="table">
            <caption>{ words::journey::RESOLV_CONF }</caption>
            <tbody>
                { row("nameserver", lines(&resolver.nameservers, words::journey::NAMESERVER_ASKED, &asked)) }
                { row("search", lines(&resolver.searches, words::journey::SEARCH_TRIED, &tried)) }
                { row("options", html! { { resolver.options.join(" ") } }) }
            </tbody>
        </table>
    }
}

fn made_with(exchange: &Exchange, lookup: &Lookup) -> String {
    let Some(nth) = exchange.search else {
        return words::journey::AS_IT_STANDS.to_owned();
    };
    let resolver = lookup.resolver.as_ref();
    match resolver.and_then(|resolver| resolver.searches.get(nth as usize)) {
        Some(search) => words::journey::made_with_search(search),
        None => words::journey::made_with_search(nth + 1),
    }
}
