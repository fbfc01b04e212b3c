namespace Strongroom.Tests.Store.Catalogue;

/// <summary>
/// The item tables of domain.md §1, copied from that page and not from the packs: key, category, level, mark (S sensitive, H house),
/// search (= exact, =5 asks a second item, + combined), purposes, retention; † to confirm.
/// </summary>
internal static class DomainTable
{
    public static readonly (string Pack, string Rows)[] Rows =
    [
        ("general", """
        name ID 2 - =5 fulfil,notify,rights CustomerEnd+3y
        name_latin ID 2 - + fulfil,border CustomerEnd+3y
        birth ID 2 - + fulfil,minors CustomerEnd+3y
        id_no ID 3 H = realname CustomerEnd+3y
        passport ID 3 H = realname,border JourneyEnd+3y
        permit ID 3 H = realname JourneyEnd+3y
        id_image ID 4 S - realname Used+0d
        face AU 4 S - verify Used+0d
        login_pwd AU 4 S - verify CustomerEnd+0d
        mobile CT 2 - = notify,verify CustomerEnd+3y
        email CT 2 - = notify CustomerEnd+3y
        address CT 3 H - fulfil CustomerEnd+1y
        emergency CT 3 H - safety JourneyEnd+30d
        guardian ID 3 S - minors JourneyEnd+3y
        card TX 3 S = settle Used+0d
        pay_ref TX 2 - = settle,refund JourneyEnd+3y
        call_audio SC 3 H - complaint CaseClosed+1y†
        complaint FB 2 - - complaint CaseClosed+3y†
        contact_pref PF 1 - - market Withdrawn+0d
        device_ip BH 2 - - security Collected+6m
        uscc ID 1 - = fulfil CustomerEnd+3y
        """),
        ("airline", """
        pnr TX 2 - + fulfil JourneyEnd+3y
        ticket_no TX 2 - = fulfil,refund JourneyEnd+3y
        ff_no ID 2 - = loyalty CustomerEnd+0d
        tier PF 1 - - loyalty CustomerEnd+0d
        itinerary TX 3 H + fulfil JourneyEnd+3y
        seat SR 1 - + fulfil JourneyEnd+30d
        bag_tag SR 1 - = fulfil JourneyEnd+1y
        ssr_meal PF 3 S - special JourneyEnd+7d
        ssr_med SC 4 S - special JourneyEnd+30d
        um ID 4 S - minors JourneyEnd+3y
        apis ID 3 H - border JourneyEnd+7d
        companion TX 3 H - fulfil JourneyEnd+3y
        unruly BH 4 H - safety ListEnded+0d†
        """),
        ("travel", """
        group_no TX 1 - = fulfil JourneyEnd+2y†
        contract_no TX 2 - = fulfil JourneyEnd+2y†
        visa_file ID 4 S - border Used+0d
        health_decl SC 4 S - special JourneyEnd+30d
        room_share TX 3 H - fulfil JourneyEnd+30d
        policy_no TX 2 - = partner JourneyEnd+2y†
        overseas_contact CT 3 H - safety JourneyEnd+30d
        tour_feedback FB 2 - - survey Collected+90d
        guide_note FB 3 H - fulfil JourneyEnd+30d
        """),
        ("hotel", """
        stay TX 3 H + fulfil,realname CheckOut+3y†
        room_no SR 3 H + fulfil CheckOut+30d
        register ID 3 H - realname CheckOut+3y†
        co_guest TX 4 H - realname CheckOut+3y†
        visitor ID 3 H - realname CheckOut+1y†
        minor_checkin ID 4 S - minors CheckOut+3y
        deposit TX 3 S - settle Used+0d
        plate CT 2 - = fulfil CheckOut+30d
        wifi_log BH 3 H - security Collected+6m
        room_pref PF 1 - - loyalty CustomerEnd+0d
        cctv_ref BH 4 H - authority,safety Collected+90d†
        found_item SR 2 - = fulfil Collected+3m†
        """),
        ("telecom", """
        msisdn CT 2 - = fulfil ServiceEnd+2y
        imsi_iccid ID 3 H = fulfil ServiceEnd+2y
        imei ID 2 - = antifraud Collected+6m
        service_pwd AU 4 S - verify ServiceEnd+0d
        live_photo ID 4 S - realname ServiceEnd+2y
        handler ID 3 H - realname ServiceEnd+2y
        actual_user ID 3 H = realname ServiceEnd+2y
        install_addr CT 3 H - fulfil ServiceEnd+1y
        contacts SC 3 H - fulfil ServiceEnd+0d
        content SC 4 S - fulfil Delivered+0d
        cdr SR 3 H - billing Collected+6m†
        location BH 4 S - safety,authority Collected+30d†
        web_log BH 4 H - security Collected+6m
        bill TX 2 - - billing ServiceEnd+3y
        package SR 1 - - fulfil ServiceEnd+1y
        credit BH 3 S - billing Collected+1y
        fraud_tag BH 4 H - antifraud CaseClosed+0d
        """),
        ("general", """
        gender ID 1 - - fulfil CustomerEnd+0d
        age_band ID 1 - - profile,stats Withdrawn+0d
        order_no TX 2 - = fulfil CaseClosed+3y
        purchase TX 2 - - fulfil,stats CaseClosed+3y
        invoice_title TX 1 - - settle CaseClosed+10y†
        taste PF 1 - - profile Withdrawn+0d
        hobby PF 1 - - profile Withdrawn+0d
        browse BH 2 - - profile Withdrawn+0d
        org_contact CT 2 - - fulfil CustomerEnd+1y
        org_credit BH 3 H - billing Collected+2y
        """),
    ];
}
